import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../errors';
import type { NamePage, ReadQuery, RevokedToken, TopicInfo } from '../event-store';
import { EventReads } from './event-reads';
import type { EventColumns, StreamRow } from './messages';
import { RecentMap } from './recent-map';
import { timeWindow } from './time-window';

/** How many topics' statements and streams' names are remembered, at the least. */
const rememberedTopics = 200;
const rememberedStreams = 20_000;

interface StreamRecord extends Omit<StreamRow, 'createdAt' | 'updatedAt' | 'eventCount'> {
  readonly id: bigint;
  readonly createdAt: bigint;
  readonly updatedAt: bigint;
  readonly eventCount: bigint;
}

const streamColumns = `id, stream_id AS streamId, status, properties, created_at AS createdAt, updated_at AS updatedAt,
  event_count AS eventCount, first_timestamp AS firstTimestamp, last_timestamp AS lastTimestamp`;

/** Every question the store is asked, on a connection that only reads. */
export class Queries {
  private readonly reads = new RecentMap<number, EventReads>(rememberedTopics);
  private readonly names = new RecentMap<number, string>(rememberedStreams);
  private readonly findTopic: Statement<[string], { id: number }>;
  private readonly topicPage: Statement<[string, number], TopicInfo>;
  private readonly findStream: Statement<[number, string], StreamRecord>;
  private readonly streamPage: Statement<[number, string, number], StreamRecord>;
  private readonly streamName: Statement<[number], { streamId: string }>;
  private readonly tokens: Statement<[number], { tokenId: string; expiresAt: number | null }>;

  constructor(private readonly database: Database) {
    this.findTopic = database.prepare('SELECT id FROM topics WHERE name = ?');
    this.topicPage = database.prepare(
      `SELECT name, created_at AS createdAt, next_offset AS nextOffset FROM topics WHERE name > ? ORDER BY name LIMIT ?`,
    );
    this.findStream = database
      .prepare<[number, string], StreamRecord>(`SELECT ${streamColumns} FROM streams WHERE topic = ? AND stream_id = ?`)
      .safeIntegers();
    this.streamPage = database
      .prepare<[number, string, number], StreamRecord>(
        `SELECT ${streamColumns} FROM streams WHERE topic = ? AND stream_id > ? ORDER BY stream_id LIMIT ?`,
      )
      .safeIntegers();
    this.streamName = database.prepare('SELECT stream_id AS streamId FROM streams WHERE id = ?');
    this.tokens = database.prepare(
      `SELECT token_id AS tokenId, expires_at AS expiresAt FROM revoked_tokens WHERE expires_at IS NULL OR expires_at > ?`,
    );
  }

  topics({ after, limit }: NamePage): TopicInfo[] {
    return this.topicPage.all(after ?? '', limit);
  }

  streams(topic: string, { after, limit }: NamePage): StreamRow[] {
    return this.streamPage.all(this.topicNumber(topic), after ?? '', limit).map(toStreamRow);
  }

  stream(topic: string, streamId: string): StreamRow {
    return toStreamRow(this.streamRecord(this.topicNumber(topic), streamId));
  }

  read({ topic, streamId, after, from, to, limit }: ReadQuery): EventColumns {
    const number = this.topicNumber(topic);
    const stream = streamId === undefined ? undefined : Number(this.streamRecord(number, streamId).id);
    const window = from === undefined && to === undefined ? undefined : timeWindow(from, to);
    this.names.trim();
    return this.eventReads(number).page({ stream, after: after ?? 0, window, limit }, (id) => this.nameOf(id));
  }

  revokedTokens(): RevokedToken[] {
    return this.tokens
      .all(Date.now())
      .map(({ tokenId, expiresAt }) => (expiresAt === null ? { tokenId } : { tokenId, expiresAt }));
  }

  private topicNumber(name: string): number {
    const row = this.findTopic.get(name);
    if (row === undefined) throw new WriterHubError('unknown_topic', `There is no topic "${name}".`);
    return row.id;
  }

  private streamRecord(topic: number, streamId: string): StreamRecord {
    const record = this.findStream.get(topic, streamId);
    if (record === undefined) throw new WriterHubError('unknown_stream', `The topic has no stream "${streamId}".`);
    return record;
  }

  private eventReads(topic: number): EventReads {
    let reads = this.reads.get(topic);
    if (reads === undefined) {
      this.reads.trim();
      reads = new EventReads(this.database, topic);
      this.reads.set(topic, reads);
    }
    return reads;
  }

  private nameOf(stream: number): string {
    let name = this.names.get(stream);
    if (name === undefined) {
      name = this.streamName.get(stream)?.streamId ?? '';
      this.names.set(stream, name);
    }
    return name;
  }
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
