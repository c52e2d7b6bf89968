import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { RecentMap } from '../file/recent-map';
import { RunTable, seriesOfStream, seriesOfTopic, type RunTail } from '../file/runs';
import { createEventTable } from '../file/schema';
import { MarkTable } from '../file/marks';
import type { AdvanceList } from './advance-list';
import { Growth, type Size } from './growth';
import { TopicRemoval } from './topic-removal';
import type { TopicRecord, TopicTable } from './topic-table';

/** A topic of events as the writer holds it in memory; `EventTopics.save` writes what changed. */
export interface EventTopic {
  readonly name: string;
  readonly id: number;
  readonly generation: number;
  readonly insertEvents: Statement<[number, number, Uint8Array]>;
  /** Runs of the topic as a whole. */
  readonly tail: RunTail;
  readonly growth: Growth;
  nextOffset: number;
  streamCount: number;
  /** Events that were added and removed since it was saved last. */
  addedEvents: number;
  changed: boolean;
}

/** A stream as the writer holds it in memory. */
export interface Stream {
  readonly id: number;
  readonly tail: RunTail;
  status: 'open' | 'closed';
  /** What was added since it was saved last: events, and the timestamps they span. */
  addedEvents: number;
  least: bigint | null;
  greatest: bigint | null;
  changed: boolean;
}

/** Events of one stream that lie together, and the timestamps they span. */
export interface AddedEvents {
  readonly first: number;
  readonly count: number;
  readonly min: bigint;
  readonly max: bigint;
  /** Of their text. */
  readonly bytes: number;
}

/** What an append or a change says of a topic that it creates. */
export interface Creation {
  /** Whether it does, if there is no such topic. */
  readonly create: boolean;
  /** Whose share of the topics it takes. */
  readonly creator?: string | undefined;
}

interface StreamRecord {
  readonly id: number;
  readonly status: 'open' | 'closed';
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
  readonly #marks: MarkTable;
  readonly #removal: TopicRemoval;
  /** The greatest number a stream ever had; `undefined` while it is not known. */
  #lastStream: number | undefined;
  readonly #database: Database;
  readonly #table: TopicTable;
  readonly #maxStreamsPerTopic: number;

  constructor(database: Database, table: TopicTable, maxStreamsPerTopic: number) {
    this.#database = database;
    this.#table = table;
    this.#maxStreamsPerTopic = maxStreamsPerTopic;

    this.#statements = prepareStatements(database);
    this.#runs = new RunTable(database);
    this.#marks = new MarkTable(database);
    this.#removal = new TopicRemoval(database);
  }

  /**
   * The topic of this name. Throws `wrong_topic_kind`, and `unknown_topic` or, where it may be made, `topic_limit` and
   * `over_share`.
   */
  topic(name: string, { create, creator }: Creation): EventTopic {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const row = this.#table.findOfKind(name, 'events');
    if (row === undefined && !create) throw new WriterHubError('unknown_topic', `there is no topic "${name}"`);
    const topic = row === undefined ? this.#createTopic(name, creator) : this.#toTopic(name, row);
    this.#topics.set(name, topic);
    return topic;
  }

  /** The stream of this id. Throws `unknown_stream` or, where it may be made, `stream_limit`. */
  stream(topic: EventTopic, streamId: string, create: boolean): Stream {
    const found = this.findStream(topic, streamId);
    if (found !== undefined) return found;
    if (!create) throw new WriterHubError('unknown_stream', `the topic has no stream "${streamId}"`);
    const stream = this.#createStream(topic, streamId);
    this.#streams.set(streamKey(topic, streamId), stream);
    return stream;
  }

  /** The stream of this id, if there is one. */
  findStream(topic: EventTopic, streamId: string): Stream | undefined {
    const key = streamKey(topic, streamId);
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const row = this.#statements.findStream.get(topic.id, streamId);
    if (row === undefined) return undefined;
    const stream = this.#toStream(row);
    this.#streams.set(key, stream);
    return stream;
  }

  /** Removes a topic: nobody sees it from the commit on; its rows are deleted later. */
  removeTopic(topic: EventTopic): void {
    this.#removal.begin({ topic: topic.id, kind: 'events' });
    this.#table.delete(topic);
    this.#topics.delete(topic.name);
    this.#changedTopics = this.#changedTopics.filter((changed) => changed !== topic);
  }

  /** Removes a stream: nobody sees it from the commit on; its rows are deleted later. */
  removeStream(topic: EventTopic, streamId: string): void {
    const stream = this.stream(topic, streamId, false);
    const stored = this.#statements.countEvents.get(stream.id)?.eventCount ?? 0;
    this.#removal.begin({ topic: topic.id, kind: 'stream', stream: stream.id });
    this.#removal.deleteStream(stream.id);
    this.#streams.delete(streamKey(topic, streamId));
    topic.streamCount -= 1;
    // What was added to it in this transaction is counted in both.
    topic.addedEvents -= stored + stream.addedEvents;
    this.touchTopic(topic);
  }

  /** Notes events that were inserted into a stream, which they open if it was closed. */
  added(topic: EventTopic, stream: Stream, { first, count, min, max, bytes }: AddedEvents): void {
    const last = first + count - 1;
    topic.nextOffset = last + 1;
    topic.addedEvents += count;
    topic.growth.textBytes += bytes;
    topic.tail.add(first, last, min, max);
    this.touchTopic(topic);
    stream.status = 'open';
    stream.addedEvents += count;
    if (stream.least === null || min < stream.least) stream.least = min;
    if (stream.greatest === null || max > stream.greatest) stream.greatest = max;
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
      const { status, addedEvents, least, greatest, id } = stream;
      this.#statements.saveStream.run(status, now, addedEvents, least, least, greatest, greatest, id);
      stream.tail.write();
      stream.addedEvents = 0;
      stream.least = null;
      stream.greatest = null;
      stream.changed = false;
    }
    for (const topic of this.#changedTopics) {
      const hasGrown = topic.growth.save(topic.nextOffset, now);
      const { nextOffset, textBytes, storedAt, markedAt } = topic.growth.saved;
      const { streamCount, addedEvents, id } = topic;
      this.#statements.saveTopic.run(nextOffset, streamCount, addedEvents, textBytes, storedAt, markedAt, id);
      topic.tail.write();
      topic.addedEvents = 0;
      topic.changed = false;
      if (hasGrown) advanced.add(topic, nextOffset - 1);
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
    this.#lastStream = undefined;
  }

  #createTopic(name: string, creator: string | undefined): EventTopic {
    const { id, generation } = this.#table.insert({ name, creator });
    createEventTable(this.#database, id);
    return this.#toTopic(name, { id, generation, ...NOTHING_STORED });
  }

  #toTopic(name: string, record: StoredTopic): EventTopic {
    const { id, generation, nextOffset, streamCount } = record;
    // The offsets begin at the first parameter: `key` is the index of the element. A blob would be read as JSONB, hence
    // the cast.
    const insertEvents = this.#database.prepare<[number, number, Uint8Array]>(
      `INSERT INTO events_${id} (offset, stream, timestamp, id, value, tags)
       SELECT ? + key, ?, value->>'$.timestamp', value->>'$.id', value->>'$.value', value->'$.tags'
       FROM jsonb_each(CAST(? AS TEXT))`,
    );
    const tail = this.#runs.tail(seriesOfTopic(id));
    const growth = new Growth(this.#marks, id, record);
    const counts = { nextOffset, streamCount, addedEvents: 0, changed: false };
    return { name, id, generation, insertEvents, tail, growth, ...counts };
  }

  #createStream(topic: EventTopic, streamId: string): Stream {
    if (topic.streamCount >= this.#maxStreamsPerTopic) {
      throw new WriterHubError('stream_limit', `the topic holds ${topic.streamCount} streams, as many as it may`);
    }
    const now = Date.now();
    // A number is never used twice: the events of a stream that was removed are there for a while.
    this.#lastStream ??= this.#removal.lastStream();
    const id = this.#lastStream + 1;
    this.#statements.insertStream.run(id, topic.id, streamId, now, now);
    this.#lastStream = id;
    topic.streamCount += 1;
    this.touchTopic(topic);
    return this.#toStream({ id, status: 'open' });
  }

  #toStream({ id, status }: StreamRecord): Stream {
    const tail = this.#runs.tail(seriesOfStream(id));
    return { id, tail, status, addedEvents: 0, least: null, greatest: null, changed: false };
  }
}

type StoredTopic = Size & Pick<TopicRecord, 'id' | 'generation' | 'streamCount'>;

const NOTHING_STORED = { nextOffset: 1, streamCount: 0, textBytes: 0, storedAt: 0, markedAt: 0 };

function streamKey({ id }: EventTopic, streamId: string): string {
  return `${id}/${streamId}`;
}

function prepareStatements(database: Database) {
  return {
    // Counts are added to: retention takes away from them meanwhile.
    saveTopic: database.prepare<[number, number, number, number, number, number, number]>(
      `UPDATE topics SET next_offset = ?, stream_count = ?, event_count = event_count + ?, text_bytes = ?, stored_at = ?,
         marked_at = ?
       WHERE id = ?`,
    ),
    findStream: database.prepare<[number, string], StreamRecord>(
      'SELECT id, status FROM streams WHERE topic = ? AND stream_id = ?',
    ),
    countEvents: database.prepare<[number], { eventCount: number }>(
      'SELECT event_count AS eventCount FROM streams WHERE id = ?',
    ),
    insertStream: database.prepare<[number, number, string, number, number]>(
      `INSERT INTO streams (id, topic, stream_id, status, properties, created_at, updated_at, event_count)
       VALUES (?, ?, ?, 'open', '{}', ?, ?, 0)`,
    ),
    saveStream: database.prepare<
      [string, number, number, bigint | null, bigint | null, bigint | null, bigint | null, number]
    >(
      `UPDATE streams SET status = ?, updated_at = ?, event_count = event_count + ?,
         first_timestamp = coalesce(min(first_timestamp, ?), ?, first_timestamp),
         last_timestamp = coalesce(max(last_timestamp, ?), ?, last_timestamp)
       WHERE id = ?`,
    ),
    setProperties: database.prepare<[string, number]>('UPDATE streams SET properties = ? WHERE id = ?'),
  };
}
