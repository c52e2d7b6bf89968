import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type {
  DataSourceInfo,
  NamePage,
  QuarantinePage,
  QuarantinedRow,
  ReadQuery,
  RevokedToken,
  TopicInfo,
} from '../../event-store';
import { refuseOtherKind, type TopicKind } from '../../topic-kind';
import { quarantineTable } from '../file/data-source-tables';
import { EventReads } from './event-reads';
import type { EventColumns, StreamRow } from '../channel/messages';
import { RecentMap } from '../file/recent-map';
import { timeWindow } from './time-window';

/** How many topics' statements and streams' names are remembered, at the least. */
const REMEMBERED_TOPICS = 200;
const REMEMBERED_STREAMS = 20_000;

/** A page of quarantined rows ends when they hold so many bytes, however many were asked for. */
const PAGE_BYTES = 8 * 1024 * 1024;

interface TopicRecord extends Omit<TopicInfo, 'dataSource'>, Omit<DataSourceInfo, 'definition' | 'updatedAt'> {
  readonly definition: string | null;
  readonly updatedAt: number | null;
}

interface StreamRecord extends Omit<StreamRow, 'createdAt' | 'updatedAt' | 'eventCount'> {
  readonly id: bigint;
  readonly createdAt: bigint;
  readonly updatedAt: bigint;
  readonly eventCount: bigint;
}

const STREAM_COLUMNS = `id, stream_id AS streamId, status, properties, created_at AS createdAt, updated_at AS updatedAt,
  event_count AS eventCount, first_timestamp AS firstTimestamp, last_timestamp AS lastTimestamp`;

/** Every question the store is asked, on a connection that only reads. */
export class Queries {
  readonly #reads = new RecentMap<number, EventReads>(REMEMBERED_TOPICS);
  readonly #names = new RecentMap<number, string>(REMEMBERED_STREAMS);
  readonly #findTopic: Statement<[string], { id: number; kind: TopicKind }>;
  readonly #topicPage: Statement<[string, number], TopicRecord>;
  readonly #findStream: Statement<[number, string], StreamRecord>;
  readonly #streamPage: Statement<[number, string, number], StreamRecord>;
  readonly #streamName: Statement<[number], { streamId: string }>;
  readonly #tokens: Statement<[number], { tokenId: string; expiresAt: number | null }>;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;

    this.#findTopic = database.prepare('SELECT id, kind FROM topics WHERE name = ?');
    this.#topicPage = database.prepare(
      `SELECT name, kind, created_at AS createdAt, next_offset AS nextOffset, definition, row_count AS rowCount,
         quarantine_count AS quarantineCount, updated_at AS updatedAt
       FROM topics WHERE name > ? ORDER BY name LIMIT ?`,
    );
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
    this.#streamName = database.prepare('SELECT stream_id AS streamId FROM streams WHERE id = ?');
    this.#tokens = database.prepare(
      `SELECT token_id AS tokenId, expires_at AS expiresAt FROM revoked_tokens WHERE expires_at IS NULL OR expires_at > ?`,
    );
  }

  topics({ after, limit }: NamePage): TopicInfo[] {
    return this.#topicPage.all(after ?? '', limit).map(toTopicInfo);
  }

  streams(topic: string, { after, limit }: NamePage): StreamRow[] {
    return this.#streamPage.all(this.#topicNumber(topic), after ?? '', limit).map(toStreamRow);
  }

  stream(topic: string, streamId: string): StreamRow {
    return toStreamRow(this.#streamRecord(this.#topicNumber(topic), streamId));
  }

  read({ topic, streamId, after, from, to, limit }: ReadQuery): EventColumns {
    const number = this.#topicNumber(topic);
    const stream = streamId === undefined ? undefined : Number(this.#streamRecord(number, streamId).id);
    const window = from === undefined && to === undefined ? undefined : timeWindow(from, to);
    this.#names.trim();
    return this.#eventReads(number).page({ stream, after: after ?? 0, window, limit }, (id) => this.#nameOf(id));
  }

  revokedTokens(): RevokedToken[] {
    return this.#tokens
      .all(Date.now())
      .map(({ tokenId, expiresAt }) => (expiresAt === null ? { tokenId } : { tokenId, expiresAt }));
  }

  /** In a transaction, so that the data source does not vanish in the middle. */
  quarantinedRows(name: string, page: QuarantinePage): QuarantinedRow[] {
    return this.#database.transaction(() => this.#quarantinePage(this.#topicNumber(name, 'rows'), page))();
  }

  #quarantinePage(topic: number, { after, limit }: QuarantinePage): QuarantinedRow[] {
    const rows = this.#database.prepare<[number, number], QuarantinedRow>(
      `SELECT offset, raw FROM ${quarantineTable(topic)} WHERE offset > ? ORDER BY offset LIMIT ?`,
    );
    const page: QuarantinedRow[] = [];
    let bytes = 0;
    for (const row of rows.iterate(after, limit)) {
      page.push(row);
      bytes += row.raw.length;
      if (bytes >= PAGE_BYTES) break;
    }
    return page;
  }

  #topicNumber(name: string, kind: TopicKind = 'events'): number {
    const row = this.#findTopic.get(name);
    if (row === undefined) throw new WriterHubError('unknown_topic', `There is no topic "${name}".`);
    refuseOtherKind(name, row.kind, kind);
    return row.id;
  }

  #streamRecord(topic: number, streamId: string): StreamRecord {
    const record = this.#findStream.get(topic, streamId);
    if (record === undefined) throw new WriterHubError('unknown_stream', `The topic has no stream "${streamId}".`);
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

function toTopicInfo({ definition, rowCount, quarantineCount, updatedAt, ...topic }: TopicRecord): TopicInfo {
  if (definition === null || updatedAt === null) return topic;
  return { ...topic, dataSource: { definition, rowCount, quarantineCount, updatedAt } };
}

function toStreamRow(record: StreamRecord): StreamRow {
  const { streamId, status, properties, firstTimestamp, lastTimestamp } = record;
  return {
    streamId,
    status,
    properties,
    createdAt: Number(record.createdAt),
    updatedAt: Number(record.updatedAt),
    eventCount: Number(record.eventCount),
    firstTimestamp,
    lastTimestamp,
  };
}
