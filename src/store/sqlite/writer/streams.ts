import type { Database } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { DefinitionTexts } from '../channel/messages';
import { RecentMap } from '../file/recent-map';
import { seriesOfStream, type RunTable, type RunTail } from '../file/runs';
import type { CommitRules } from './commit-rules';
import type { TopicRemoval } from './topic-removal';

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

/** What a stream has to know of its topic. */
interface TopicOfStreams {
  readonly id: number;
  readonly streamCount: number;
}

interface StreamRecord {
  readonly id: number;
  readonly status: 'open' | 'closed';
}

/** How many events and packages are stored of a stream. */
interface StoredCounts {
  readonly events: number;
  readonly packages: number;
}

/** How many streams are remembered between commits, at least. */
const REMEMBERED_STREAMS = 20_000;

/** The writer's view of the streams of all topics, as `EventTopics` is of topics. */
export class Streams {
  readonly #known = new RecentMap<string, Stream>(REMEMBERED_STREAMS);
  #changed: Stream[] = [];
  /** The greatest number a stream ever had; `undefined` while it is not known. */
  #lastNumber: number | undefined;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #runs: RunTable;
  readonly #removal: TopicRemoval;
  readonly #rules: CommitRules;

  constructor(database: Database, runs: RunTable, removal: TopicRemoval, rules: CommitRules) {
    this.#runs = runs;
    this.#removal = removal;
    this.#rules = rules;

    this.#statements = prepareStatements(database);
  }

  /** The stream of this id, if there is one. */
  find(topic: TopicOfStreams, streamId: string): Stream | undefined {
    const key = keyOf(topic, streamId);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const row = this.#statements.find.get(topic.id, streamId);
    if (row === undefined) return undefined;
    const stream = this.#toStream(row);
    this.#known.set(key, stream);
    return stream;
  }

  /** Makes a stream, with a number that was reserved. Throws `stream_limit`. */
  make(topic: TopicOfStreams, streamId: string, reserved: number | undefined): Stream {
    this.#checkRoom(topic);
    const { now } = this.#rules.time;
    const id = reserved ?? this.#nextNumber();
    this.#statements.insert.run(id, topic.id, streamId, now, now);
    const stream = this.#toStream({ id, status: 'open' });
    this.#known.set(keyOf(topic, streamId), stream);
    return stream;
  }

  /** The number of a stream that is to be made, in a topic that may be one as well. Throws `stream_limit`. */
  reserve(topic: TopicOfStreams | undefined): number {
    if (topic !== undefined) this.#checkRoom(topic);
    const id = this.#nextNumber();
    this.#removal.keepNumber(id);
    return id;
  }

  /** Removes a stream of a topic; gives how many events and packages it had when it was saved last. */
  remove(topic: TopicOfStreams, streamId: string, { id }: Stream): StoredCounts {
    const stored = this.#statements.counts.get(id) ?? { events: 0, packages: 0 };
    this.#removal.begin({ topic: topic.id, kind: 'stream', stream: id });
    this.#removal.deleteStream(id);
    this.#known.delete(keyOf(topic, streamId));
    return stored;
  }

  /** Marks a stream to be saved. */
  touch(stream: Stream): void {
    if (stream.changed) return;
    stream.changed = true;
    this.#changed.push(stream);
  }

  /** Something was added to a stream that spans these timestamps. */
  widen(stream: Stream, min: bigint, max: bigint): void {
    stream.status = 'open';
    if (stream.least === null || min < stream.least) stream.least = min;
    if (stream.greatest === null || max > stream.greatest) stream.greatest = max;
    this.touch(stream);
  }

  setProperties(stream: Stream, properties: string): void {
    this.#statements.setProperties.run(properties, stream.id);
    this.touch(stream);
  }

  /** Replaces lists of definitions by these JSON texts; an empty one removes its list. */
  setDefinitions(stream: Stream, definitions: DefinitionTexts): void {
    for (const [kind, text] of Object.entries(definitions)) {
      if (text === '') this.#statements.removeDefinitions.run(stream.id, kind);
      else this.#statements.setDefinitions.run(stream.id, kind, text);
    }
    this.touch(stream);
  }

  /** Writes what changed since it was last called. */
  save(now: number): void {
    for (const stream of this.#changed) {
      const { status, addedEvents, least, greatest, id } = stream;
      this.#statements.save.run(status, now, addedEvents, least, least, greatest, greatest, id);
      stream.tail.write();
      stream.addedEvents = 0;
      stream.least = null;
      stream.greatest = null;
      stream.changed = false;
    }
    this.#changed = [];
  }

  /** Drops what was not used recently; only between transactions, so that nothing unsaved is dropped. */
  trim(): void {
    this.#known.trim();
  }

  /** Drops everything held in memory, after a rollback. */
  forget(): void {
    this.#known.clear();
    this.#changed = [];
    this.#lastNumber = undefined;
  }

  #checkRoom({ streamCount }: TopicOfStreams): void {
    if (streamCount < this.#rules.limits.current.maxStreamsPerTopic) return;
    throw new WriterHubError('stream_limit', `the topic holds ${streamCount} streams, as many as it may`);
  }

  /** A number is never used twice: the events of a stream that was removed are there for a while. */
  #nextNumber(): number {
    this.#lastNumber ??= this.#removal.lastStream();
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #toStream({ id, status }: StreamRecord): Stream {
    const tail = this.#runs.tail(seriesOfStream(id));
    return { id, tail, status, addedEvents: 0, least: null, greatest: null, changed: false };
  }
}

function keyOf({ id }: TopicOfStreams, streamId: string): string {
  return `${id}/${streamId}`;
}

function prepareStatements(database: Database) {
  return {
    find: database.prepare<[number, string], StreamRecord>(
      'SELECT id, status FROM streams WHERE topic = ? AND stream_id = ?',
    ),
    counts: database.prepare<[number], StoredCounts>(
      'SELECT event_count AS events, package_count AS packages FROM streams WHERE id = ?',
    ),
    insert: database.prepare<[number, number, string, number, number]>(
      `INSERT INTO streams (id, topic, stream_id, status, properties, created_at, updated_at, event_count)
       VALUES (?, ?, ?, 'open', '{}', ?, ?, 0)`,
    ),
    // Counts are added to: retention takes away from them meanwhile.
    save: database.prepare<
      [string, number, number, bigint | null, bigint | null, bigint | null, bigint | null, number]
    >(
      `UPDATE streams SET status = ?, updated_at = ?, event_count = event_count + ?,
         first_timestamp = coalesce(min(first_timestamp, ?), ?, first_timestamp),
         last_timestamp = coalesce(max(last_timestamp, ?), ?, last_timestamp)
       WHERE id = ?`,
    ),
    setDefinitions: database.prepare<[number, string, string]>('REPLACE INTO definitions VALUES (?, ?, ?)'),
    removeDefinitions: database.prepare<[number, string]>('DELETE FROM definitions WHERE stream = ? AND kind = ?'),
    setProperties: database.prepare<[string, number]>('UPDATE streams SET properties = ? WHERE id = ?'),
  };
}
