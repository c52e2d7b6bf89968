import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { RecentMap } from '../file/recent-map';
import { RunTable, seriesOfStream, seriesOfTopic, type RunTail } from '../file/runs';
import { createEventTable } from '../file/schema';
import type { TopicTable } from './topic-table';

/** A topic as the writer holds it in memory; `Catalogue.save` writes what changed. */
export interface Topic {
  readonly id: number;
  readonly insertEvents: Statement<[number, number, Uint8Array]>;
  /** Runs of the topic as a whole. */
  readonly tail: RunTail;
  nextOffset: number;
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

interface StreamRow {
  readonly id: bigint;
  readonly status: 'open' | 'closed';
  readonly eventCount: bigint;
  readonly firstTimestamp: bigint | null;
  readonly lastTimestamp: bigint | null;
}

/** How many topics (with a prepared statement each) and streams are remembered between commits, at the least. */
const REMEMBERED_TOPICS = 500;
const REMEMBERED_STREAMS = 20_000;

/**
 * The writer's view of topics of events and of streams: what lately was used is in memory, changes are collected and saved once a
 * commit. Whatever it holds is true only as long as the transaction is; after a rollback it must `forget`.
 */
export class Catalogue {
  readonly #topics = new RecentMap<string, Topic>(REMEMBERED_TOPICS);
  readonly #streams = new RecentMap<string, Stream>(REMEMBERED_STREAMS);
  #changedTopics: Topic[] = [];
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
  topic(name: string, create: boolean): Topic {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const row = this.#table.findOfKind(name, 'events');
    if (row === undefined && !create) throw new WriterHubError('unknown_topic', `There is no topic "${name}".`);
    const topic = row === undefined ? this.#createTopic(name) : this.#toTopic(row.id, row.nextOffset, row.streamCount);
    this.#topics.set(name, topic);
    return topic;
  }

  /** The stream of this id. Throws `unknown_stream` or, where it may be made, `stream_limit`. */
  stream(topic: Topic, streamId: string, create: boolean): Stream {
    const key = `${topic.id}/${streamId}`;
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const row = this.#statements.findStream.get(topic.id, streamId);
    if (row === undefined && !create)
      throw new WriterHubError('unknown_stream', `The topic has no stream "${streamId}".`);
    const stream = row === undefined ? this.#createStream(topic, streamId) : this.#toStream(row);
    this.#streams.set(key, stream);
    return stream;
  }

  /** Marks a topic to be saved. */
  touchTopic(topic: Topic): void {
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

  /** Writes what changed since it was last called. */
  save(now: number): void {
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
    }
    this.#changedStreams = [];
    this.#changedTopics = [];
  }

  /** Drops what was not used lately; only between transactions, so that nothing unsaved is dropped. */
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

  #createTopic(name: string): Topic {
    const id = this.#table.insert(name);
    createEventTable(this.#database, id);
    return this.#toTopic(id, 1, 0);
  }

  #toTopic(id: number, nextOffset: number, streamCount: number): Topic {
    // The offsets begin at the first parameter: `key` is the index of the element. A blob would be read as JSONB, hence
    // the cast.
    const insertEvents = this.#database.prepare<[number, number, Uint8Array]>(
      `INSERT INTO events_${id} (offset, stream, timestamp, id, value, tags)
       SELECT ? + key, ?, value->>'$.timestamp', value->>'$.id', value->>'$.value', value->'$.tags'
       FROM jsonb_each(CAST(? AS TEXT))`,
    );
    return { id, insertEvents, tail: this.#runs.tail(seriesOfTopic(id)), nextOffset, streamCount, changed: false };
  }

  #createStream(topic: Topic, streamId: string): Stream {
    if (topic.streamCount >= this.#maxStreamsPerTopic) {
      throw new WriterHubError('stream_limit', `The topic holds ${topic.streamCount} streams, as many as it may.`);
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

  #toStream(row: StreamRow): Stream {
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
      .prepare<[number, string], StreamRow>(
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
