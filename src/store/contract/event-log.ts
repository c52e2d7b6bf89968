import type { TextCut } from '../../json/text-cuts';
import type { IdempotencyRecord } from './idempotency';
import type { Position, StartPoint } from './position';
import type { StreamProperties } from './catalogue';
import type { Definitions } from './definitions';
import type { RetentionChange } from './retention';

/**
 * Topics of events: what appends to them and reads them back.
 *
 * - **Durable.** A promise of a write resolves after what it wrote is committed and synced: it survives `kill -9` and
 *   power loss.
 * - **Atomic.** The events of one append are stored all or none.
 * - **Ordered.** Writes to one stream take effect in the order of the calls, appends and changes of the stream alike.
 *   Within a stream, positions follow that order. Across the streams of a topic, they say nothing about arrival.
 * - **Read your writes.** A `read` sees what an append on this store has acknowledged, and nothing that is not
 *   committed.
 */
export interface EventLog {
  /**
   * Appends events to a stream, creating the stream if it is unknown and reopening it if it is closed. Rejects with
   * `unknown_topic` when the topic does not exist and `createTopic` is false, `topic_limit`, `over_share` when its
   * creator has made as many topics as its share is, `stream_limit`, `wrong_topic_kind` when the topic holds rows, and
   * `idempotency_mismatch` when its record exists with another fingerprint.
   */
  append(append: Append): Promise<AppendReceipt>;

  /**
   * Replaces the properties of a stream, creating the stream if it is unknown. The status of a stream that exists
   * stays. Rejects as `append` does.
   */
  putStream(put: StreamPut): Promise<void>;

  /**
   * Replaces the definitions of the parameters of a stream, of its events, or both, creating the stream if it is
   * unknown. Rejects as `putStream` does.
   */
  putDefinitions(put: DefinitionsPut): Promise<void>;

  /**
   * Marks a stream closed; harmless when it is closed already. Rejects with `unknown_topic`, `unknown_stream`,
   * `wrong_topic_kind`.
   */
  closeStream(topic: string, streamId: string, holder?: string): Promise<void>;

  /**
   * Removes a topic with all it holds, its idempotency records too. Once it resolves, nobody sees any of it and its
   * name and its place are free; the space it takes is freed little by little. Positions of a topic that is made under
   * this name later differ from those of the one removed. Rejects with `unknown_topic`, `wrong_topic_kind`.
   */
  removeTopic(name: string, holder?: string): Promise<void>;

  /**
   * Removes a stream, as `removeTopic` does a topic. Rejects with `unknown_topic`, `unknown_stream`,
   * `wrong_topic_kind`.
   */
  removeStream(topic: string, streamId: string, holder?: string): Promise<void>;

  /**
   * Sets how long a topic of either kind keeps what it holds. What it keeps no longer is removed from its front little
   * by little, soon and from then on. Rejects with `unknown_topic`, and with `confirmation_required`, which says how
   * many events or rows would go, when all would and that is not confirmed.
   */
  setRetention(change: RetentionChange, holder?: string): Promise<void>;

  /**
   * Stored events in order of position. Rejects with `unknown_topic`, `wrong_topic_kind`, with `unknown_stream` when a
   * stream is asked for, with `invalid_query` when `after` is not a position of this store, and with `position_gone`
   * when events behind `after` were removed from the front of the topic, or it is of a topic that was removed: its
   * `earliest` is the position to read on from.
   */
  read(query: ReadQuery): Promise<EventPage>;

  /**
   * The position at which a reader of a topic begins. Rejects with `unknown_topic`, `wrong_topic_kind`, and, for a
   * position, with `invalid_query` when it is none of this store, or behind the end of the topic, and with
   * `position_gone` as `read` does.
   */
  resolve(topic: string, start: StartPoint): Promise<Position>;
}

/**
 * Events that have passed every check, as text. Made by the event scanner; a store may rely on all of this: each event
 * is a JSON object (RFC 8259, valid UTF-8) with at most the keys `id`, `timestamp`, `value` and `tags`, each at most
 * once and written without escapes; `timestamp` an integer literal within int64, `id` a string, `value` a string or
 * absent, `tags` an object of strings without a repeated key, or absent; no string holds a lone surrogate.
 */
export interface EventBatch {
  /**
   * UTF-8 text of the events separated by commas, without the brackets of an array; not to be changed before the append
   * settles.
   */
  readonly json: Uint8Array;
  /** Number of events in the text, at least 1. */
  readonly count: number;
  /** Least and greatest timestamp of the batch, nanoseconds since the Unix epoch. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  /** Places, in order, at which the text of a long batch can be divided; absent: it is short, or none were noted. */
  readonly cuts?: readonly TextCut[];
}

export interface Append {
  /** Who writes: holders take turns at the disk, and what one of them writes keeps its order. Default: nobody. */
  readonly holder?: string | undefined;
  readonly topic: string;
  readonly streamId: string;
  readonly batch: EventBatch;
  /** Whether an unknown topic is created. */
  readonly createTopic: boolean;
  /** Whose share of the topics a topic that is created takes; absent: nobody's. */
  readonly creator?: string | undefined;
  /**
   * Its scope is the stream. If the record exists already, nothing is stored, a closed stream stays closed, and the
   * receipt has no position.
   */
  readonly record?: IdempotencyRecord;
}

/** Where an append was stored. */
export interface AppendReceipt {
  /** The position of its last event: a read after it gives what is stored later. `undefined`: it was stored before. */
  readonly position: Position | undefined;
}

export interface StreamPut {
  /** Who writes: holders take turns at the disk, and what one of them writes keeps its order. Default: nobody. */
  readonly holder?: string | undefined;
  readonly topic: string;
  readonly streamId: string;
  readonly properties: StreamProperties;
  readonly createTopic: boolean;
  readonly creator?: string | undefined;
}

export interface DefinitionsPut extends Omit<StreamPut, 'properties'> {
  /** Each list that is given takes the place of the one there was; an empty one removes it. */
  readonly definitions: Partial<Definitions>;
}

/** Which events to read: all conditions hold together. */
export interface ReadQuery {
  readonly topic: string;
  readonly streamId?: string;
  /** Only events behind this position; absent: from the first stored event on. */
  readonly after?: Position;
  /** Only events with `from <= timestamp < to`, nanoseconds. */
  readonly from?: bigint;
  readonly to?: bigint;
  /** The most events to return, at least 1. */
  readonly limit: number;
  /**
   * Newest first: the events before `after` in the order of the log, from the last one on if it is absent. Then the
   * page's position leads on to older events, and what was removed from the front of the topic is simply its end.
   */
  readonly descending?: boolean;
}

/** A page of events. A store also bounds its bytes and how much it scans for it, so it may hold fewer than `limit`. */
export interface EventPage {
  readonly events: StoredEvent[];
  /** Where to read on, as `after`. Given with every page, also with an empty one and at the end. */
  readonly position: Position;
  /** Whether more events may follow now, even if this page is empty. */
  readonly more: boolean;
  /** Of a page in descending order: the position behind the last event of the topic; what is stored later follows. */
  readonly end?: Position;
}

export interface StoredEvent {
  readonly position: Position;
  readonly streamId: string;
  /** Nanoseconds since the Unix epoch. */
  readonly timestamp: bigint;
  readonly id: string;
  readonly value: string | null;
  /**
   * JSON text of the tags with the escapes as they were sent, but no white space between tokens; `null` when there were
   * none.
   */
  readonly tags: string | null;
}
