import type { Database, Statement } from 'better-sqlite3';
import { Catalogue, type CatalogueLimits } from './catalogue';
import { isEngineFailure, toFailure } from './failure';
import type { Change, CommitRequest, CommitResult, GroupColumns, IndexedFailure } from './messages';

/** Carries out commit requests on the writing connection, a transaction each. */
export class Committer {
  private readonly catalogue: Catalogue;
  private readonly begin: Statement<[]>;
  private readonly end: Statement<[]>;
  private readonly revokeToken: Statement<[string, number | null]>;
  private readonly dropExpired: Statement<[number]>;
  private readonly probe: Statement<[number, number]>;

  constructor(
    private readonly database: Database,
    limits: CatalogueLimits,
  ) {
    this.catalogue = new Catalogue(database, limits);
    this.begin = database.prepare('BEGIN IMMEDIATE');
    this.end = database.prepare('COMMIT');
    // Revoked twice, a token stays revoked for the longer time; NULL is for ever, and max() of it is NULL.
    this.revokeToken = database.prepare(
      `INSERT INTO revoked_tokens (token_id, expires_at) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`,
    );
    this.dropExpired = database.prepare('DELETE FROM revoked_tokens WHERE expires_at <= ?');
    this.probe = database.prepare(
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
    this.catalogue.trim();
    this.begin.run();
    try {
      const result = this.doSteps(request);
      this.catalogue.save(Date.now());
      this.end.run();
      return { ...result, milliseconds: performance.now() - started };
    } catch (error) {
      this.catalogue.forget();
      // Some failures, a full disk for one, make SQLite roll back by itself.
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }

  private doSteps({ text, groups, changes }: CommitRequest): Omit<CommitResult, 'milliseconds'> {
    const firstOffsets = new Float64Array(groups.topics.length);
    const failedGroups: IndexedFailure[] = [];
    const failedChanges: IndexedFailure[] = [];
    let nextChange = 0;
    for (let group = 0; group <= groups.topics.length; group++) {
      for (; nextChange < changes.length && changes[nextChange]!.beforeGroup === group; nextChange++) {
        const { change } = changes[nextChange]!;
        attempt(nextChange, failedChanges, () => {
          this.applyChange(change);
        });
      }
      if (group === groups.topics.length) break;
      attempt(group, failedGroups, () => {
        const textStart = group === 0 ? 0 : groups.textEnds[group - 1]!;
        firstOffsets[group] = this.appendGroup(groups, group, text.subarray(textStart, groups.textEnds[group]));
      });
    }
    return { firstOffsets, failedGroups, failedChanges };
  }

  private appendGroup(groups: GroupColumns, group: number, text: Uint8Array): number {
    const topic = this.catalogue.topic(groups.topics[group]!, groups.createTopic[group] === 1);
    const stream = this.catalogue.stream(topic, groups.streamIds[group]!, true);
    const first = topic.nextOffset;
    const { changes: count } = topic.insertEvents.run(first, stream.id, text);
    const min = groups.minTimestamps[group]!;
    const max = groups.maxTimestamps[group]!;
    topic.nextOffset = first + count;
    topic.tail.add(first, first + count - 1, min, max);
    this.catalogue.touchTopic(topic);
    stream.status = 'open';
    stream.eventCount += count;
    if (stream.firstTimestamp === null || min < stream.firstTimestamp) stream.firstTimestamp = min;
    if (stream.lastTimestamp === null || max > stream.lastTimestamp) stream.lastTimestamp = max;
    stream.tail.add(first, first + count - 1, min, max);
    this.catalogue.touchStream(stream);
    return first;
  }

  private applyChange(change: Change): void {
    switch (change.kind) {
      case 'put_stream': {
        const topic = this.catalogue.topic(change.topic, change.createTopic);
        this.catalogue.setProperties(this.catalogue.stream(topic, change.streamId, true), change.properties);
        return;
      }
      case 'close_stream': {
        const stream = this.catalogue.stream(this.catalogue.topic(change.topic, false), change.streamId, false);
        stream.status = 'closed';
        this.catalogue.touchStream(stream);
        return;
      }
      case 'revoke_token':
        this.dropExpired.run(Date.now());
        this.revokeToken.run(change.tokenId, change.expiresAt);
        return;
      case 'probe':
        this.probe.run(Date.now(), change.bytes);
    }
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
