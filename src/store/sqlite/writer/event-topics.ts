import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { DefinitionTexts } from '../channel/messages';
import { RecentMap } from '../file/recent-map';
import { RunTable, seriesOfTopic, type RunTail } from '../file/runs';
import { createEventTable } from '../file/schema';
import { MarkTable } from '../file/marks';
import type { CommitRules } from './commit-rules';
import type { AdvanceList } from './advance-list';
import { Growth, type Size } from './growth';
import { Streams, type Stream } from './streams';
import { TopicRemoval } from './topic-removal';
import type { TopicRecord, TopicTable } from './topic-table';
import type { UnfinishedAppends } from './unfinished-appends';

/** Takes the first offset, the number of the stream, and the text of an array of events. */
type InsertEvents = Statement<[number, number, Uint8Array]>;

/** A topic of events as the writer holds it in memory; `EventTopics.save` writes what changed. */
export interface EventTopic {
  readonly name: string;
  readonly id: number;
  readonly generation: number;
  readonly insertEvents: InsertEvents;
  /** Whether something lies behind its end, which is written over with `insertOver`. */
  isCluttered: boolean;
  /** Made when it is needed. */
  insertOver: InsertEvents | undefined;
  /** Runs of the topic as a whole. */
  readonly tail: RunTail;
  readonly growth: Growth;
  nextOffset: number;
  streamCount: number;
  /** Events that were added and removed since it was saved last. */
  addedEvents: number;
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

/** How many topics, with a prepared statement each, are remembered between commits, at least. */
const REMEMBERED_TOPICS = 500;

/**
 * The writer's view of topics of events and of streams: what was used recently is in memory, changes are collected and
 * saved once per commit. What it holds is valid only within the transaction; after a rollback it must `forget`.
 */
export class EventTopics {
  readonly #topics = new RecentMap<string, EventTopic>(REMEMBERED_TOPICS);
  #changedTopics: EventTopic[] = [];
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #runs: RunTable;
  readonly #marks: MarkTable;
  readonly #removal: TopicRemoval;
  readonly #streams: Streams;
  readonly #database: Database;
  readonly #table: TopicTable;
  readonly #unfinished: UnfinishedAppends;

  constructor(database: Database, table: TopicTable, unfinished: UnfinishedAppends, rules: CommitRules) {
    this.#database = database;
    this.#table = table;
    this.#unfinished = unfinished;

    this.#statements = prepareStatements(database);
    this.#runs = new RunTable(database);
    this.#marks = new MarkTable(database);
    this.#removal = new TopicRemoval(database);
    this.#streams = new Streams(database, this.#runs, this.#removal, rules);
  }

  /**
   * The topic of this name. Throws `wrong_topic_kind`, and `unknown_topic` or, where it may be made, `topic_limit` and
   * `over_share`.
   */
  topic(name: string, { create, creator }: Creation): EventTopic {
    const found = this.find(name);
    if (found !== undefined) return found;
    if (!create) throw unknownTopic(name);
    const topic = this.#createTopic(name, creator);
    this.#topics.set(name, topic);
    return topic;
  }

  /** The topic of this name, if there is one. Throws `wrong_topic_kind`. */
  find(name: string): EventTopic | undefined {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const row = this.#table.findOfKind(name, 'events');
    if (row === undefined) return undefined;
    const topic = this.#toTopic(name, row, this.#unfinished.find(row.id) !== undefined);
    this.#topics.set(name, topic);
    return topic;
  }

  /** The number of a topic that is to be made, and its table. Throws as `topic` does. */
  reserveTopic(name: string, { create, creator }: Creation): number {
    if (!create) throw unknownTopic(name);
    const id = this.#table.reserve(creator);
    createEventTable(this.#database, id);
    return id;
  }

  /** Makes a topic whose number and table are there. Throws `topic_limit`, `over_share`. */
  makeReserved(name: string, { creator }: Creation, reserved: number): EventTopic {
    const { id, generation } = this.#table.insert({ name, creator }, reserved);
    const topic = this.#toTopic(name, { id, generation, ...NOTHING_STORED }, true);
    this.#topics.set(name, topic);
    return topic;
  }

  /** The stream of this id. Throws `unknown_stream` or, where it may be made, `stream_limit`. */
  stream(topic: EventTopic, streamId: string, create: boolean): Stream {
    const found = this.findStream(topic, streamId);
    if (found !== undefined) return found;
    if (!create) throw new WriterHubError('unknown_stream', `the topic has no stream "${streamId}"`);
    return this.makeStream(topic, streamId);
  }

  /** Makes a stream, with a number that was reserved. Throws `stream_limit`. */
  makeStream(topic: EventTopic, streamId: string, reserved?: number): Stream {
    const stream = this.#streams.make(topic, streamId, reserved);
    topic.streamCount += 1;
    this.touchTopic(topic);
    return stream;
  }

  /** The number of a stream that is to be made, in a topic that may be one as well. Throws `stream_limit`. */
  reserveStream(topic?: EventTopic): number {
    return this.#streams.reserve(topic);
  }

  /** As `insertOver`, for a write that puts an end to a long append of which that is left. */
  writeOver(topic: EventTopic): InsertEvents {
    this.#unfinished.abandon(topic.id);
    return this.insertOver(topic);
  }

  /** The statement that inserts into a topic and writes over what lies behind its end, or will. */
  insertOver(topic: EventTopic): InsertEvents {
    topic.isCluttered = true;
    topic.insertOver ??= this.newInsert(topic.id, true);
    return topic.insertOver;
  }

  /** The stream of this id, if there is one. */
  findStream(topic: EventTopic, streamId: string): Stream | undefined {
    return this.#streams.find(topic, streamId);
  }

  /** Removes a topic: nobody sees it from the commit on; its rows are deleted later. */
  removeTopic(topic: EventTopic): void {
    this.#removal.begin({ topic: topic.id, kind: 'events' });
    this.#unfinished.delete(topic.id);
    this.#table.delete(topic);
    this.#topics.delete(topic.name);
    this.#changedTopics = this.#changedTopics.filter((changed) => changed !== topic);
  }

  /**
   * Removes a stream: nobody sees it from the commit on; its rows are deleted later. Packages that were added to it are
   * saved.
   */
  removeStream(topic: EventTopic, streamId: string): void {
    const stream = this.stream(topic, streamId, false);
    const { events: stored, packages } = this.#streams.remove(topic, streamId, stream);
    if (packages > 0) this.#statements.countPackages.run(packages, topic.id);
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
    stream.addedEvents += count;
    stream.tail.add(first, last, min, max);
    this.#streams.widen(stream, min, max);
  }

  /** Notes a package that was inserted into a stream, which it opens if it was closed. */
  addedPackage(
    topic: EventTopic,
    stream: Stream,
    { min, max, bytes }: Pick<AddedEvents, 'min' | 'max' | 'bytes'>,
  ): void {
    topic.nextOffset += 1;
    topic.growth.textBytes += bytes;
    this.touchTopic(topic);
    this.#streams.widen(stream, min, max);
  }

  /** Marks a topic to be saved. */
  touchTopic(topic: EventTopic): void {
    if (topic.changed) return;
    topic.changed = true;
    this.#changedTopics.push(topic);
  }

  /** Marks a stream to be saved. */
  touchStream(stream: Stream): void {
    this.#streams.touch(stream);
  }

  setDefinitions(stream: Stream, definitions: DefinitionTexts): void {
    this.#streams.setDefinitions(stream, definitions);
  }

  setProperties(stream: Stream, properties: string): void {
    this.#streams.setProperties(stream, properties);
  }

  /** Writes what changed since it was last called, and notes which topics advanced. */
  save(now: number, advanced: AdvanceList): void {
    this.#streams.save(now);
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
    this.#changedTopics = [];
  }

  /** Drops what was not used recently; only between transactions, so that nothing unsaved is dropped. */
  trim(): void {
    this.#topics.trim();
    this.#streams.trim();
  }

  /** Drops what is held of a topic in memory; only between transactions. */
  release(name: string): void {
    this.#topics.delete(name);
  }

  /** Drops everything held in memory, after a rollback. */
  forget(): void {
    this.#topics.clear();
    this.#streams.forget();
    this.#changedTopics = [];
  }

  #createTopic(name: string, creator: string | undefined): EventTopic {
    const { id, generation } = this.#table.insert({ name, creator });
    createEventTable(this.#database, id);
    return this.#toTopic(name, { id, generation, ...NOTHING_STORED }, false);
  }

  /** The statement that inserts events into the table of a topic. */
  newInsert(topic: number, over: boolean): InsertEvents {
    // The offsets begin at the first parameter: `key` is the index of the element. A blob would be read as JSONB, hence
    // the cast.
    return this.#database.prepare<[number, number, Uint8Array]>(
      `INSERT ${over ? 'OR REPLACE ' : ''}INTO events_${topic} (offset, stream, timestamp, id, value, tags)
       SELECT ? + key, ?, value->>'$.timestamp', value->>'$.id', value->>'$.value', value->'$.tags'
       FROM jsonb_each(CAST(? AS TEXT))`,
    );
  }

  #toTopic(name: string, record: StoredTopic, isCluttered: boolean): EventTopic {
    const { id, generation, nextOffset, streamCount } = record;
    const insertEvents = this.newInsert(id, false);
    const tail = this.#runs.tail(seriesOfTopic(id));
    const growth = new Growth(this.#marks, id, record);
    const counts = { nextOffset, streamCount, addedEvents: 0, changed: false };
    return { name, id, generation, insertEvents, insertOver: undefined, isCluttered, tail, growth, ...counts };
  }
}

type StoredTopic = Size & Pick<TopicRecord, 'id' | 'generation' | 'streamCount'>;

const NOTHING_STORED = { nextOffset: 1, streamCount: 0, textBytes: 0, storedAt: 0, markedAt: 0 };

function unknownTopic(name: string): WriterHubError {
  return new WriterHubError('unknown_topic', `there is no topic "${name}"`);
}

function prepareStatements(database: Database) {
  return {
    countPackages: database.prepare<[number, number]>(
      'UPDATE topics SET package_count = package_count - ? WHERE id = ?',
    ),
    // Counts are added to: retention takes away from them meanwhile.
    saveTopic: database.prepare<[number, number, number, number, number, number, number]>(
      `UPDATE topics SET next_offset = ?, stream_count = ?, event_count = event_count + ?, text_bytes = ?, stored_at = ?,
         marked_at = ?
       WHERE id = ?`,
    ),
  };
}
