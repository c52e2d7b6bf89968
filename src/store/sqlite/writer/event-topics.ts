import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { RecentMap } from '../file/recent-map';
import { RunTable, seriesOfStream, seriesOfTopic, type RunTail } from '../file/runs';
import { createEventTable } from '../file/schema';
import type { AdvanceList } from './advance-list';
import type { TopicRecord, TopicTable } from './topic-table';

/** A topic of events as the writer holds it in memory; `EventTopics.save` writes what changed. */
export interface EventTopic {
  readonly name: string;
  readonly id: number;
  readonly insertEvents: Statement<[number, number, Uint8Array]>;
  /** Runs of the topic as a whole. */
  readonly tail: RunTail;
  nextOffset: number;
  /** `nextOffset` as it was saved last. */
  savedOffset: number;
  streamCount: number;
  changed: boolean;
}

/** A stream as the writer holds it in memory. */
export interface Stream {
  readonly id: number;
  readonly tail: RunTail;
  status: 'open' | 'closed';
  eventCount: number;
  firstTimestamp: bigint | null;
  lastTimestamp: bigint | null;
  changed: boolean;
}

/** Events of one stream that lie together, and the timestamps they span. */
export interface AddedEvents {
  readonly first: number;
  readonly count: number;
  readonly min: bigint;
  readonly max: bigint;
}

interface StreamRecord {
  readonly id: bigint;
  readonly status: 'open' | 'closed';
  readonly eventCount: bigint;
  readonly firstTimestamp: bigint | null;
  readonly lastTimestamp: bigint | null;
}

/** How many topics (with a prepared statement each) and streams are remembered between commits, at least. */
const REMEMBERED_TOPICS = 500;
const REMEMBERED_STREAMS = 20_000;

/**
 * The writer's view of topics of events and of streams: what was used recently is in memory, changes are collected and
 * saved once per commit. What it holds is valid only within the transaction; after a rollback it must `forget`.
 */
export class EventTopics {
  readonly #topics = new RecentMap<string, EventTopic>(REMEMBERED_TOPICS);
  readonly #streams = new RecentMap<string, Stream>(REMEMBERED_STREAMS);
  #changedTopics: EventTopic[] = [];
  #changedStreams: Stream[] = [];
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #runs: RunTable;
  readonly #database: Database;
  readonly #table: TopicTable;
  readonly #maxStreamsPerTopic: number;

  constructor(database: Database, table: TopicTable, maxStreamsPerTopic: number) {
    this.#database = database;
    this.#table = table;
    this.#maxStreamsPerTopic = maxStreamsPerTopic;

    this.#statements = prepareStatements(database);
    this.#runs = new RunTable(database);
  }

  /** The topic of this name. Throws `wrong_topic_kind`, and `unknown_topic` or, where it may be made, `topic_limit`. */
  topic(name: string, create: boolean): EventTopic {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const row = this.#table.findOfKind(name, 'events');
    if (row === undefined && !create) throw new WriterHubError('unknown_topic', `there is no topic "${name}"`);
    const topic = row === undefined ? this.#createTopic(name) : this.#toTopic(name, row);
    this.#topics.set(name, topic);
    return topic;
  }

  /** The stream of this id. Throws `unknown_stream` or, where it may be made, `stream_limit`. */
  stream(topic: EventTopic, streamId: string, create: boolean): Stream {
    const key = `${topic.id}/${streamId}`;
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const row = this.#statements.findStream.get(topic.id, streamId);
    if (row === undefined && !create)
      throw new WriterHubError('unknown_stream', `the topic has no stream "${streamId}"`);
    const stream = row === undefined ? this.#createStream(topic, streamId) : this.#toStream(row);
    this.#streams.set(key, stream);
    return stream;
  }

  /** Notes events that were inserted into a stream, which they open if it was closed. */
  added(topic: EventTopic, stream: Stream, { first, count, min, max }: AddedEvents): void {
    const last = first + count - 1;
    topic.nextOffset = last + 1;
    topic.tail.add(first, last, min, max);
    this.touchTopic(topic);
    stream.status = 'open';
    stream.eventCount += count;
    if (stream.firstTimestamp === null || min < stream.firstTimestamp) stream.firstTimestamp = min;
    if (stream.lastTimestamp === null || max > stream.lastTimestamp) stream.lastTimestamp = max;
    stream.tail.add(first, last, min, max);
    this.touchStream(stream);
  }

  /** Marks a topic to be saved. */
  touchTopic(topic: EventTopic): void {
    if (topic.changed) return;
    topic.changed = true;
    this.#changedTopics.push(topic);
  }

  /** Marks a stream to be saved. */
  touchStream(stream: Stream): void {
    if (stream.changed) return;
    stream.changed = true;
    this.#changedStreams.push(stream);
  }

  setProperties(stream: Stream, properties: string): void {
    this.#statements.setProperties.run(properties, stream.id);
    this.touchStream(stream);
  }

  /** Writes what changed since it was last called, and notes which topics advanced. */
  save(now: number, advanced: AdvanceList): void {
    for (const stream of this.#changedStreams) {
      const { status, eventCount, firstTimestamp, lastTimestamp, id } = stream;
      this.#statements.saveStream.run(status, now, eventCount, firstTimestamp, lastTimestamp, id);
      stream.tail.write();
      stream.changed = false;
    }
    for (const topic of this.#changedTopics) {
      this.#statements.saveTopic.run(topic.nextOffset, topic.streamCount, topic.id);
      topic.tail.write();
      topic.changed = false;
      if (topic.nextOffset === topic.savedOffset) continue;
      topic.savedOffset = topic.nextOffset;
      advanced.add(topic.name, topic.nextOffset - 1);
    }
    this.#changedStreams = [];
    this.#changedTopics = [];
  }

  /** Drops what was not used recently; only between transactions, so that nothing unsaved is dropped. */
  trim(): void {
    this.#topics.trim();
    this.#streams.trim();
  }

  /** Drops everything held in memory, after a rollback. */
  forget(): void {
    this.#topics.clear();
    this.#streams.clear();
    this.#changedStreams = [];
    this.#changedTopics = [];
  }

  #createTopic(name: string): EventTopic {
    const id = this.#table.insert(name);
    createEventTable(this.#database, id);
    return this.#toTopic(name, { id, nextOffset: 1, streamCount: 0 });
  }

  #toTopic(
    name: string,
    { id, nextOffset, streamCount }: Pick<TopicRecord, 'id' | 'nextOffset' | 'streamCount'>,
  ): EventTopic {
    // The offsets begin at the first parameter: `key` is the index of the element. A blob would be read as JSONB, hence
    // the cast.
    const insertEvents = this.#database.prepare<[number, number, Uint8Array]>(
      `INSERT INTO events_${id} (offset, stream, timestamp, id, value, tags)
       SELECT ? + key, ?, value->>'$.timestamp', value->>'$.id', value->>'$.value', value->'$.tags'
       FROM jsonb_each(CAST(? AS TEXT))`,
    );
    const tail = this.#runs.tail(seriesOfTopic(id));
    return { name, id, insertEvents, tail, nextOffset, savedOffset: nextOffset, streamCount, changed: false };
  }

  #createStream(topic: EventTopic, streamId: string): Stream {
    if (topic.streamCount >= this.#maxStreamsPerTopic) {
      throw new WriterHubError('stream_limit', `the topic holds ${topic.streamCount} streams, as many as it may`);
    }
    const now = Date.now();
    const id = Number(this.#statements.insertStream.run(topic.id, streamId, now, now).lastInsertRowid);
    topic.streamCount += 1;
    this.touchTopic(topic);
    return {
      id,
      tail: this.#runs.tail(seriesOfStream(id)),
      status: 'open',
      eventCount: 0,
      firstTimestamp: null,
      lastTimestamp: null,
      changed: false,
    };
  }

  #toStream(row: StreamRecord): Stream {
    const id = Number(row.id);
    const { status, firstTimestamp, lastTimestamp } = row;
    const tail = this.#runs.tail(seriesOfStream(id));
    return { id, tail, status, eventCount: Number(row.eventCount), firstTimestamp, lastTimestamp, changed: false };
  }
}

function prepareStatements(database: Database) {
  return {
    saveTopic: database.prepare<[number, number, number]>(
      'UPDATE topics SET next_offset = ?, stream_count = ? WHERE id = ?',
    ),
    findStream: database
      .prepare<[number, string], StreamRecord>(
        `SELECT id, status, event_count AS eventCount, first_timestamp AS firstTimestamp, last_timestamp AS lastTimestamp
         FROM streams WHERE topic = ? AND stream_id = ?`,
      )
      .safeIntegers(),
    insertStream: database.prepare<[number, string, number, number]>(
      `INSERT INTO streams (topic, stream_id, status, properties, created_at, updated_at, event_count)
       VALUES (?, ?, 'open', '{}', ?, ?, 0)`,
    ),
    saveStream: database.prepare<[string, number, number, bigint | null, bigint | null, number]>(
      `UPDATE streams SET status = ?, updated_at = ?, event_count = ?, first_timestamp = ?, last_timestamp = ? WHERE id = ?`,
    ),
    setProperties: database.prepare<[string, number]>('UPDATE streams SET properties = ? WHERE id = ?'),
  };
}
