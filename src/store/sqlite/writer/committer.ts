import type { Database, Statement } from 'better-sqlite3';
import { Catalogue } from './catalogue';
import { claimAt } from '../channel/record-columns';
import { ClaimTable } from './record-table';
import { DataSources } from './data-sources';
import { isEngineFailure, toFailure } from '../channel/failure';
import type { Change, CommitRequest, CommitResult, IndexedAnswer, IndexedFailure } from '../channel/messages';
import { TopicTable } from './topic-table';

/** How many topics and streams there may come to be. */
export interface CommitterLimits {
  readonly maxTopics: number;
  readonly maxStreamsPerTopic: number;
}

/** Carries out commit requests on the writing connection, a transaction each. */
export class Committer {
  readonly #topics: TopicTable;
  readonly #catalogue: Catalogue;
  readonly #dataSources: DataSources;
  readonly #claims: ClaimTable;
  readonly #begin: Statement<[]>;
  readonly #end: Statement<[]>;
  readonly #revokeToken: Statement<[string, number | null]>;
  readonly #dropExpired: Statement<[number]>;
  readonly #probe: Statement<[number, number]>;
  readonly #database: Database;

  constructor(database: Database, { maxTopics, maxStreamsPerTopic }: CommitterLimits) {
    this.#database = database;

    this.#topics = new TopicTable(database, maxTopics);
    this.#catalogue = new Catalogue(database, this.#topics, maxStreamsPerTopic);
    this.#dataSources = new DataSources(database, this.#topics);
    this.#claims = new ClaimTable(database);
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#end = database.prepare('COMMIT');
    // Revoked twice, a token stays revoked for the longer time; NULL is for ever, and max() of it is NULL.
    this.#revokeToken = database.prepare(
      `INSERT INTO revoked_tokens (token_id, expires_at) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`,
    );
    this.#dropExpired = database.prepare('DELETE FROM revoked_tokens WHERE expires_at <= ?');
    this.#probe = database.prepare(
      `INSERT INTO probes (id, at, filler) VALUES (1, ?, zeroblob(?))
       ON CONFLICT DO UPDATE SET at = excluded.at, filler = excluded.filler`,
    );
  }

  /**
   * Does all steps of a request and commits. A step that breaks a rule (an unknown topic, a limit) fails alone;
   * a failure of the engine undoes the whole request and is thrown.
   */
  commit(request: CommitRequest): CommitResult {
    const started = performance.now();
    this.#catalogue.trim();
    this.#dataSources.trim();
    this.#begin.run();
    try {
      const result = this.#doSteps(request);
      const now = Date.now();
      this.#catalogue.save(now);
      this.#dataSources.save(now);
      this.#end.run();
      return { ...result, milliseconds: performance.now() - started };
    } catch (error) {
      this.#forget();
      // Some failures, a full disk for one, make SQLite roll back by itself.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #doSteps(request: CommitRequest): Omit<CommitResult, 'milliseconds'> {
    const { groups, rows, changes } = request;
    const firstOffsets = new Float64Array(groups.topics.length);
    const failedGroups: IndexedFailure[] = [];
    const failedRows: IndexedFailure[] = [];
    const answeredRows: IndexedAnswer[] = [];
    const failedChanges: IndexedFailure[] = [];
    let nextGroup = 0;
    let nextRows = 0;
    const appendUntil = (group: number, rowGroup: number): void => {
      for (; nextGroup < group; nextGroup++) {
        attempt(nextGroup, failedGroups, () => {
          firstOffsets[nextGroup] = this.#appendGroup(request, nextGroup);
        });
      }
      for (; nextRows < rowGroup; nextRows++) {
        attempt(nextRows, failedRows, () => {
          const answer = this.#appendRows(request, nextRows);
          if (answer !== undefined) answeredRows.push({ index: nextRows, answer });
        });
      }
    };
    for (const [index, { beforeGroup, beforeRows, change }] of changes.entries()) {
      appendUntil(beforeGroup, beforeRows);
      attempt(index, failedChanges, () => {
        this.#applyChange(change);
      });
    }
    appendUntil(groups.topics.length, rows.topics.length);
    return { firstOffsets, failedGroups, failedRows, answeredRows, failedChanges };
  }

  /** Gives the offset of the group's first event, or 0 if its claim was made before. */
  #appendGroup({ groups, claims, text: texts }: CommitRequest, group: number): number {
    const topic = this.#catalogue.topic(groups.topics[group]!, groups.createTopic[group] === 1);
    const claim = claimAt(claims, groups.claims[group]!);
    if (claim !== undefined && this.#claims.earlierAnswer(topic.id, claim) !== undefined) return 0;
    const stream = this.#catalogue.stream(topic, groups.streamIds[group]!, true);
    const text = texts.subarray(group === 0 ? 0 : groups.textEnds[group - 1]!, groups.textEnds[group]);
    const first = topic.nextOffset;
    const { changes: count } = topic.insertEvents.run(first, stream.id, text);
    const min = groups.minTimestamps[group]!;
    const max = groups.maxTimestamps[group]!;
    topic.nextOffset = first + count;
    topic.tail.add(first, first + count - 1, min, max);
    this.#catalogue.touchTopic(topic);
    stream.status = 'open';
    stream.eventCount += count;
    if (stream.firstTimestamp === null || min < stream.firstTimestamp) stream.firstTimestamp = min;
    if (stream.lastTimestamp === null || max > stream.lastTimestamp) stream.lastTimestamp = max;
    stream.tail.add(first, first + count - 1, min, max);
    this.#catalogue.touchStream(stream);
    if (claim !== undefined) this.#claims.make(topic.id, claim);
    return first;
  }

  /** Gives what the first append with the group's claim was answered, if it was made before. */
  #appendRows({ rows, groups, claims, text }: CommitRequest, group: number): string | undefined {
    const source = this.#dataSources.find(rows.topics[group]!);
    const claim = claimAt(claims, rows.claims[group]!);
    const answer = claim && this.#claims.earlierAnswer(source.id, claim);
    if (answer !== undefined) return answer;
    const start = group === 0 ? (groups.textEnds.at(-1) ?? 0) : rows.quarantineEnds[group - 1]!;
    source.append({
      columns: rows.columns[group]!,
      rows: text.subarray(start, rows.rowsEnds[group]),
      quarantine: text.subarray(rows.rowsEnds[group], rows.quarantineEnds[group]),
      released: rows.released.find((released) => released.group === group)?.offsets ?? [],
    });
    this.#dataSources.touch(source);
    if (claim !== undefined) this.#claims.make(source.id, claim);
    return undefined;
  }

  #applyChange(change: Change): void {
    switch (change.kind) {
      case 'put_stream': {
        const topic = this.#catalogue.topic(change.topic, change.createTopic);
        this.#catalogue.setProperties(this.#catalogue.stream(topic, change.streamId, true), change.properties);
        return;
      }
      case 'close_stream': {
        const stream = this.#catalogue.stream(this.#catalogue.topic(change.topic, false), change.streamId, false);
        stream.status = 'closed';
        this.#catalogue.touchStream(stream);
        return;
      }
      case 'revoke_token':
        this.#dropExpired.run(Date.now());
        this.#revokeToken.run(change.tokenId, change.expiresAt);
        return;
      case 'create_data_source':
        this.#dataSources.create(change);
        return;
      case 'change_data_source':
        this.#dataSources.redefine(change);
        return;
      case 'truncate_data_source':
        this.#dataSources.truncate(change.name, change.part);
        return;
      case 'drop_data_source':
        this.#dataSources.drop(change.name);
        return;
      case 'probe':
        this.#probe.run(Date.now(), change.bytes);
    }
  }

  #forget(): void {
    this.#topics.forget();
    this.#catalogue.forget();
    this.#dataSources.forget();
  }
}

/** Does one step and notes its failure, unless it is one of the engine: that concerns all. */
function attempt(index: number, failures: IndexedFailure[], step: () => void): void {
  try {
    step();
  } catch (error) {
    if (isEngineFailure(error)) throw error;
    failures.push({ index, failure: toFailure('write', error) });
  }
}
