import type { Statement } from 'better-sqlite3';
import type { IdempotencyRecord } from '../../contract/idempotency';
import type { PartPlace } from '../channel/messages';
import type { Place } from '../channel/reader-messages';
import type { Creation, EventTopic, EventTopics } from './event-topics';
import type { RecordTable } from './record-table';
import type { UnfinishedAppend, UnfinishedAppends } from './unfinished-appends';

/** A group of events that is a part of a long append. */
export interface EventPart {
  readonly topic: string;
  readonly streamId: string;
  readonly creation: Creation;
  /** With the first part and the last. */
  readonly record: IdempotencyRecord | undefined;
  /** A JSON array. */
  readonly text: Uint8Array;
  /** The timestamps of the whole append. */
  readonly min: bigint;
  readonly max: bigint;
}

/** What an append is told that was stored before. */
const REPEATED: Place = { offset: 0, generation: 0 };

/**
 * Writes long appends of events in parts. The events go where they are to be, behind the end of the topic; the last
 * part moves that end. Until then a topic or stream that the append makes is no more than a number.
 */
export class EventParts {
  readonly #topics: EventTopics;
  readonly #unfinished: UnfinishedAppends;
  readonly #records: RecordTable;

  constructor(topics: EventTopics, unfinished: UnfinishedAppends, records: RecordTable) {
    this.#topics = topics;
    this.#unfinished = unfinished;
    this.#records = records;
  }

  /** Gives where the part begins. Throws what an append throws, and then nobody can go on with it. */
  write(place: PartPlace, part: EventPart): Place {
    const topic = this.#topics.find(part.topic);
    const append = place.index === 0 ? this.#begin(place, part, topic) : this.#unfinished.toContinue(place);
    if (append === undefined) return REPEATED;
    if (!place.isLast) return this.#store(append, part, topic);
    try {
      return this.#finish(append, part, topic);
    } catch (error) {
      this.#unfinished.abandon(append.topic);
      throw error;
    }
  }

  #begin(place: PartPlace, part: EventPart, topic: EventTopic | undefined): UnfinishedAppend | undefined {
    const { streamId, record, creation } = part;
    if (topic === undefined) {
      const id = this.#topics.reserveTopic(part.topic, creation);
      return this.#unfinished.begin(id, place, this.#topics.reserveStream());
    }
    const stream = this.#topics.findStream(topic, streamId)?.id;
    const target = { topic: topic.id, streamId, stream };
    if (record !== undefined && this.#records.earlierAnswer(target, record) !== undefined) return undefined;
    return this.#unfinished.begin(topic.id, place, stream ?? this.#topics.reserveStream(topic));
  }

  #store(append: UnfinishedAppend, { text }: EventPart, topic: EventTopic | undefined): Place {
    const insert = topic === undefined ? this.#topics.newInsert(append.topic, true) : this.#topics.insertOver(topic);
    const grown = insertInto(append, insert, { text, nextOffset: topic?.nextOffset ?? 1 });
    this.#unfinished.put(grown);
    return { offset: grown.lastOffset, generation: 0 };
  }

  /** A topic or stream that is made is made now: what forbids it is thrown before anything is changed. */
  #finish(append: UnfinishedAppend, part: EventPart, found: EventTopic | undefined): Place {
    const { streamId, record, text, min, max } = part;
    const topic = found ?? this.#topics.makeReserved(part.topic, part.creation, append.topic);
    const stream =
      this.#topics.findStream(topic, streamId) ?? this.#topics.makeStream(topic, streamId, append.stream ?? undefined);
    const first = topic.nextOffset;
    const whole = insertInto(append, this.#topics.insertOver(topic), { text, nextOffset: first });
    this.#topics.added(topic, stream, { first, count: whole.records, min, max, bytes: whole.bytes });
    if (record !== undefined) this.#records.put({ topic: topic.id, streamId, stream: stream.id }, record);
    const { nextOffset, generation } = topic;
    topic.isCluttered = this.#unfinished.keepRest(whole, { nextOffset, nextQuarantineOffset: 1 });
    return { offset: first + append.records, generation };
  }
}

/** Inserts events behind what there is of an append. */
function insertInto(
  append: UnfinishedAppend,
  insert: Statement<[number, number, Uint8Array]>,
  { text, nextOffset }: { readonly text: Uint8Array; readonly nextOffset: number },
): UnfinishedAppend {
  const first = nextOffset + append.records;
  const { changes: count } = insert.run(first, append.stream ?? 0, text);
  return {
    ...append,
    parts: append.parts + 1,
    records: append.records + count,
    bytes: append.bytes + text.length,
    lastOffset: Math.max(append.lastOffset, first + count - 1),
  };
}
