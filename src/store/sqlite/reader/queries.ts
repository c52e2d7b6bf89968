import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { NamePage, RecentQuery, RecentStreams } from '../../contract/catalogue';
import type { Retention } from '../../contract/retention';
import type { RevokedToken } from '../../contract/token-store';
import { refuseOtherKind, type TopicKind } from '../../contract/topic-kind';
import { quarantineTable } from '../file/data-source-tables';
import { BacklogCount } from './backlog-count';
import { EventReads } from './event-reads';
import { clampedStart, offsetIn, startOf } from './extent';
import { LastStored } from './last-stored';
import { PackageReads, type PackageRange } from './package-reads';
import type { SampledStream } from './sample-aggregates';
import { PackageTableNames } from '../file/package-table';
import { SeriesTable } from '../file/series';
import type {
  Backlog,
  DefinitionRow,
  EventColumns,
  OffsetPage,
  OffsetQuery,
  PackageColumnsPage,
  PackageOffsetQuery,
  PackagesPage,
  Place,
  QuarantineRow,
  SeenRow,
  StartPlace,
  StreamRow,
  TopicRow,
} from '../channel/reader-messages';
import { toSchemaVersion } from '../file/schema-version';
import { RecentMap } from '../file/recent-map';
import { timeWindow } from './time-window';

/** How many topics' statements and streams' names are remembered, at least. */
const REMEMBERED_TOPICS = 200;
const REMEMBERED_STREAMS = 20_000;

/** A page of quarantined rows ends when they hold this many bytes, however many were asked for. */
const PAGE_BYTES = 8 * 1024 * 1024;

interface TopicRecord extends Omit<TopicRow, 'schemaVersion'> {
  readonly id: number;
  readonly packedOffset: number;
  readonly schemaChanges: number;
}

interface RecentRecord {
  readonly streamId: string;
  readonly status: 'open' | 'closed';
  readonly updatedAt: number;
}

interface StreamRecord extends Omit<StreamRow, 'createdAt' | 'updatedAt' | 'eventCount' | 'hasDefinitions'> {
  readonly hasDefinitions: bigint;
  readonly id: bigint;
  readonly createdAt: bigint;
  readonly updatedAt: bigint;
  readonly eventCount: bigint;
}

/** So many streams are looked through at once for those that were written lately. */
const LOOKED_THROUGH = 10_000;

const STREAM_COLUMNS = `id, stream_id AS streamId, status, properties, created_at AS createdAt, updated_at AS updatedAt,
  event_count AS eventCount, first_timestamp AS firstTimestamp, last_timestamp AS lastTimestamp,
  EXISTS (SELECT 1 FROM definitions WHERE stream = streams.id) AS hasDefinitions`;

const TOPIC_COLUMNS = `id, name, kind, created_at AS createdAt, generation, first_offset AS firstOffset,
  next_offset AS nextOffset, CASE kind WHEN 'rows' THEN row_count ELSE event_count END AS recordCount,
  stream_count AS streamCount, stored_at AS storedAt, text_bytes - removed_bytes AS bytes, retention_age AS retentionAge, retention_bytes AS retentionBytes, definition,
  packed_offset AS packedOffset, schema_changes AS schemaChanges, row_count AS rowCount, quarantine_count AS quarantineCount, updated_at AS updatedAt`;

/** Answers every question the store is asked, on a connection that only reads. */
export class Queries {
  readonly #reads = new RecentMap<number, EventReads>(REMEMBERED_TOPICS);
  readonly #packageReads = new RecentMap<number, PackageReads>(REMEMBERED_TOPICS);
  readonly #names = new RecentMap<number, string>(REMEMBERED_STREAMS);
  readonly #findTopic: Statement<[string], TopicRecord>;
  readonly #topicPage: Statement<[string, number], TopicRecord>;
  readonly #findStream: Statement<[number, string], StreamRecord>;
  readonly #streamPage: Statement<[number, string, number], StreamRecord>;
  readonly #recentStreams: Statement<[number, string], RecentRecord>;
  readonly #streamName: Statement<[number], { streamId: string }>;
  readonly #definitions: Statement<[number, string], DefinitionRow>;
  readonly #tokens: Statement<[number], { tokenId: string; expiresAt: number | null }>;
  readonly #hasRemovals: Statement<[number]>;
  readonly #packageTables: PackageTableNames;
  readonly #seriesTable: SeriesTable;
  readonly #streamExists: Statement<[number]>;
  readonly #lastStored: LastStored;
  readonly #backlog: BacklogCount;
  readonly #inOneState: (query: OffsetQuery) => EventColumns;
  readonly #database: Database;

  /** `defaults`: how long topics keep what they hold that have no retention of their own. */
  constructor(database: Database, defaults: Required<Retention>) {
    this.#database = database;

    this.#backlog = new BacklogCount(database, defaults);
    this.#hasRemovals = database.prepare('SELECT 1 FROM removals WHERE topic = ? LIMIT 1');
    this.#inOneState = database.transaction((query: OffsetQuery) => this.#page(query));
    this.#packageTables = new PackageTableNames(database);
    this.#seriesTable = new SeriesTable(database);
    this.#streamExists = database.prepare('SELECT 1 FROM streams WHERE id = ?');
    this.#lastStored = new LastStored(database);
    this.#findTopic = database.prepare(`SELECT ${TOPIC_COLUMNS} FROM topics WHERE name = ?`);
    this.#topicPage = database.prepare(`SELECT ${TOPIC_COLUMNS} FROM topics WHERE name > ? ORDER BY name LIMIT ?`);
    this.#findStream = database
      .prepare<[number, string], StreamRecord>(
        `SELECT ${STREAM_COLUMNS} FROM streams WHERE topic = ? AND stream_id = ?`,
      )
      .safeIntegers();
    this.#streamPage = database
      .prepare<[number, string, number], StreamRecord>(
        `SELECT ${STREAM_COLUMNS} FROM streams WHERE topic = ? AND stream_id > ? ORDER BY stream_id LIMIT ?`,
      )
      .safeIntegers();
    this.#recentStreams = database.prepare(
      `SELECT stream_id AS streamId, status, updated_at AS updatedAt FROM streams
       WHERE topic = ? AND stream_id > ? ORDER BY stream_id LIMIT ${LOOKED_THROUGH}`,
    );
    this.#streamName = database.prepare('SELECT stream_id AS streamId FROM streams WHERE id = ?');
    this.#definitions = database.prepare(
      `SELECT s.stream_id AS streamId, d.kind, d.text FROM streams AS s JOIN definitions AS d ON d.stream = s.id
       WHERE s.topic = ? AND s.stream_id = ?`,
    );
    this.#tokens = database.prepare(
      `SELECT token_id AS tokenId, expires_at AS expiresAt FROM revoked_tokens WHERE expires_at IS NULL OR expires_at > ?`,
    );
  }

  backlog(): Backlog {
    return this.#backlog.measure(Date.now());
  }

  topic(name: string): TopicRow | undefined {
    const record = this.#findTopic.get(name);
    return record && toTopicRow(record);
  }

  topics({ after, limit }: NamePage): TopicRow[] {
    return this.#topicPage.all(after ?? '', limit).map(toTopicRow);
  }

  streams(topic: string, { after, limit }: NamePage): StreamRow[] {
    return this.#streamPage.all(this.#findOfKind(topic, 'events').id, after ?? '', limit).map(toStreamRow);
  }

  definitions(topic: string, streamIds: readonly string[]): DefinitionRow[] {
    const { id } = this.#findOfKind(topic, 'events');
    return streamIds.flatMap((streamId) => this.#definitions.all(id, streamId));
  }

  namedTopics(names: readonly string[]): TopicRow[] {
    return names.map((name) => this.topic(name)).filter((row) => row !== undefined);
  }

  namedStreams(topic: string, streamIds: readonly string[]): StreamRow[] {
    const { id } = this.#findOfKind(topic, 'events');
    return streamIds
      .map((streamId) => this.#findStream.get(id, streamId))
      .filter((record) => record !== undefined)
      .map(toStreamRow);
  }

  recentStreams(topic: string, { since, after }: RecentQuery): RecentStreams {
    const { id } = this.#findOfKind(topic, 'events');
    const streams: { streamId: string; updatedAt: number }[] = [];
    let [count, last] = [0, ''];
    for (const { streamId, status, updatedAt } of this.#recentStreams.iterate(id, after ?? '')) {
      count += 1;
      last = streamId;
      if (status === 'open' && updatedAt >= since) streams.push({ streamId, updatedAt });
    }
    return { streams, after: count < LOOKED_THROUGH ? undefined : last };
  }

  stream(topic: string, streamId: string): StreamRow {
    return toStreamRow(this.#streamRecord(this.#findOfKind(topic, 'events').id, streamId));
  }

  /** In a transaction, so that nothing is removed between the look at where the topic begins and the events. */
  read(query: OffsetQuery): EventColumns {
    return this.#inOneState(query);
  }

  #page({ topic, streamId, after, from, to, limit, descending = false }: OffsetQuery): EventColumns {
    const record = this.#findOfKind(topic, 'events');
    const { id, generation, firstOffset, nextOffset } = record;
    const stream = streamId === undefined ? undefined : Number(this.#streamRecord(id, streamId).id);
    const window = from === undefined && to === undefined ? undefined : timeWindow(from, to);
    this.#names.trim();
    const hasRemovals = stream === undefined && this.#hasRemovals.get(id) !== undefined;
    const head = nextOffset - 1;
    const nameOf = (number: number): string => this.#nameOf(number);
    if (descending) {
      const before = after === undefined ? nextOffset : offsetIn(after, record);
      const range = { stream, after: firstOffset - 1, until: Math.min(head, before - 1), window, limit, hasRemovals };
      return { generation, head, ...this.#eventReads(id).pageBackwards(range, nameOf) };
    }
    const range = { stream, after: startOf(after, record), until: head, window, limit, hasRemovals };
    return { generation, ...this.#eventReads(id).page(range, nameOf) };
  }

  /** In a transaction, as `read`. */
  packages(query: PackageOffsetQuery): PackageColumnsPage {
    return this.#database.transaction(() => this.#packagePage(query))();
  }

  #packagePage({ topic, streamId, after, limit, descending = false }: PackageOffsetQuery): PackageColumnsPage {
    const record = this.#findOfKind(topic, 'events');
    const { id, generation, firstOffset, nextOffset } = record;
    const stream = streamId === undefined ? undefined : Number(this.#streamRecord(id, streamId).id);
    this.#names.trim();
    const head = nextOffset - 1;
    const before = descending && after !== undefined ? offsetIn(after, record) : nextOffset;
    const start = descending ? firstOffset - 1 : startOf(after, record);
    const hasRemovals = stream === undefined && this.#hasRemovals.get(id) !== undefined;
    const hasStream = (number: number): boolean => !hasRemovals || this.#streamExists.get(number) !== undefined;
    const range = { stream, after: start, until: Math.min(head, before - 1), limit, hasStream };
    const { streams, ...page } = this.#packagesIn(id, range, descending);
    const streamIds = streams.map((number) => this.#nameOf(number));
    return { ...page, streamIds, generation, ...(descending && { head }) };
  }

  #packagesIn(topic: number, range: PackageRange, descending: boolean): PackagesPage {
    if (!this.#packageTables.has(topic)) {
      const after = descending ? range.after + 1 : Math.max(range.after, range.until);
      return { offsets: [], streams: [], texts: [], after, more: false };
    }
    let reads = this.#packageReads.get(topic);
    if (reads === undefined) {
      this.#packageReads.trim();
      reads = new PackageReads(this.#database, topic);
      this.#packageReads.set(topic, reads);
    }
    return descending ? reads.pageBackwards(range) : reads.page(range);
  }

  seenParameters(topic: string, streamIds: readonly string[]): SeenRow[] {
    const { id } = this.#findOfKind(topic, 'events');
    return streamIds.flatMap((streamId) => {
      const stream = this.#findStream.get(id, streamId);
      if (stream === undefined) return [];
      return this.#seriesTable.all(Number(stream.id)).map(({ name, kind }) => ({ streamId, id: name, kind }));
    });
  }

  /** A stream whose samples are read. */
  sampledStream(topic: string, streamId: string): SampledStream {
    const { id, firstOffset, packedOffset } = this.#findOfKind(topic, 'events');
    return { topic: id, stream: Number(this.#streamRecord(id, streamId).id), firstOffset, packedOffset };
  }

  /** The place at which a reader begins. */
  resolve(topic: string, start: StartPlace): Place {
    const record = this.#findOfKind(topic, 'events');
    return clampedStart(start, record, (time) => this.#lastStored.before(record.id, time));
  }

  revokedTokens(): RevokedToken[] {
    return this.#tokens
      .all(Date.now())
      .map(({ tokenId, expiresAt }) => (expiresAt === null ? { tokenId } : { tokenId, expiresAt }));
  }

  /** In a transaction, so that the data source does not vanish in the middle. */
  quarantinedRows(name: string, page: OffsetPage): QuarantineRow[] {
    return this.#database.transaction(() => this.#quarantinePage(this.#findOfKind(name, 'rows').id, page))();
  }

  #quarantinePage(topic: number, { after, limit }: OffsetPage): QuarantineRow[] {
    // Behind the end there may be parts of an append that is not finished.
    const rows = this.#database.prepare<[number, number, number], QuarantineRow>(
      `SELECT offset, raw FROM ${quarantineTable(topic)}
       WHERE offset > ? AND offset < (SELECT next_quarantine_offset FROM topics WHERE id = ?) ORDER BY offset LIMIT ?`,
    );
    const page: QuarantineRow[] = [];
    let bytes = 0;
    for (const row of rows.iterate(after, topic, limit)) {
      page.push(row);
      bytes += row.raw.length;
      if (bytes >= PAGE_BYTES) break;
    }
    return page;
  }

  #findOfKind(name: string, kind: TopicKind): TopicRecord {
    const record = this.#findTopic.get(name);
    if (record === undefined) throw new WriterHubError('unknown_topic', `there is no topic "${name}"`);
    refuseOtherKind(name, record.kind, kind);
    return record;
  }

  #streamRecord(topic: number, streamId: string): StreamRecord {
    const record = this.#findStream.get(topic, streamId);
    if (record === undefined) throw new WriterHubError('unknown_stream', `the topic has no stream "${streamId}"`);
    return record;
  }

  #eventReads(topic: number): EventReads {
    let reads = this.#reads.get(topic);
    if (reads === undefined) {
      this.#reads.trim();
      reads = new EventReads(this.#database, topic);
      this.#reads.set(topic, reads);
    }
    return reads;
  }

  #nameOf(stream: number): string {
    let name = this.#names.get(stream);
    if (name === undefined) {
      name = this.#streamName.get(stream)?.streamId ?? '';
      this.#names.set(stream, name);
    }
    return name;
  }
}

function toTopicRow({ id, packedOffset: _, schemaChanges, ...topic }: TopicRecord): TopicRow {
  return { ...topic, schemaVersion: toSchemaVersion(id, schemaChanges) };
}

function toStreamRow(record: StreamRecord): StreamRow {
  const { streamId, status, properties, firstTimestamp, lastTimestamp } = record;
  return {
    streamId,
    status,
    properties,
    createdAt: Number(record.createdAt),
    updatedAt: Number(record.updatedAt),
    hasDefinitions: record.hasDefinitions === 1n,
    eventCount: Number(record.eventCount),
    firstTimestamp,
    lastTimestamp,
  };
}
