/**
 * The contract every store keeps, whatever engine is under it.
 *
 * - **Durable.** A promise of a write resolves after what it wrote is committed and synced: it survives `kill -9` and power loss.
 * - **Atomic.** The events of one append are stored all or none.
 * - **Ordered.** Writes to one stream take effect in the order of the calls, appends and changes of the stream alike.
 *   Within a stream, offsets grow in that order. Across the streams of a topic, offsets say nothing about arrival.
 * - **Bounded.** `full` turns true when the bytes that wait for a commit reach the store's limit, and false when they have
 *   fallen to half of it; `onPressure` is called at each turn. An append is never refused for that: callers look at `full` and slow down or refuse.
 * - **Honest.** A store that cannot write rejects with `store_unavailable` and a message that says why, stays usable, and
 *   goes on by itself when it can write again.
 *
 * Every rejection is a `WriterHubError`. Codes besides `store_unavailable` are named at the methods.
 */
export interface EventStore {
  /**
   * Appends events to a stream, creating the stream if it is unknown and reopening it if it is closed.
   * Rejects with `unknown_topic` when the topic does not exist and `createTopic` is false, `topic_limit`, `stream_limit`.
   */
  append(append: Append): Promise<AppendReceipt>;

  /**
   * Replaces the properties of a stream, creating the stream if it is unknown. The status of a stream that exists stays.
   * Rejects as `append` does.
   */
  putStream(put: StreamPut): Promise<void>;

  /** Marks a stream closed; harmless when it is closed already. Rejects with `unknown_topic`, `unknown_stream`. */
  closeStream(topic: string, streamId: string): Promise<void>;

  /** Topics in order of name. */
  topics(page: NamePage): Promise<TopicInfo[]>;

  /** Streams of a topic in order of id. Rejects with `unknown_topic`. */
  streams(topic: string, page: NamePage): Promise<StreamInfo[]>;

  /** Rejects with `unknown_topic`, `unknown_stream`. */
  stream(topic: string, streamId: string): Promise<StreamInfo>;

  /** Stored events in order of offset. Rejects with `unknown_topic`, and `unknown_stream` when a stream is asked for. */
  read(query: ReadQuery): Promise<EventPage>;

  /**
   * Remembers that a token is revoked, until it would have expired anyway (milliseconds since the Unix epoch; absent: for ever).
   * Of two times for one token the later counts.
   */
  revokeToken(tokenId: string, expiresAt?: number): Promise<void>;

  /** Ids of revoked tokens that have not expired. */
  revokedTokens(): Promise<RevokedToken[]>;

  /** Resolves when the store has just proved that it can commit; rejects with `store_unavailable`. */
  probe(): Promise<void>;

  /** Whether the bytes that wait for a commit have reached the limit. */
  readonly full: boolean;

  /** What the queue in front of the engine holds now: appends and bytes. */
  readonly queue: { readonly appends: number; readonly bytes: number };

  /** Commits what was accepted, then releases everything. Calls after it reject with `store_unavailable`. */
  close(): Promise<void>;
}

/** What a store tells its owner while it runs. */
export interface StoreListener {
  /** `full` has turned to this value. */
  onPressure?(full: boolean): void;
  /** A commit ended: how many appends, events and bytes it held, and how long it took (milliseconds). */
  onCommit?(commit: { appends: number; events: number; bytes: number; milliseconds: number }): void;
  /** Writing began to fail (the reason), or works again (`undefined`). Called once at each turn. */
  onWritable?(failure: Error | undefined): void;
}

/**
 * Events that have passed every check, as text. Made by the event scanner; a store may rely on all of this:
 * each event is a JSON object (RFC 8259, valid UTF-8) with at most the keys `id`, `timestamp`, `value` and `tags`, each at most once and
 * written without escapes; `timestamp` an integer literal within int64, `id` a string, `value` a string or absent,
 * `tags` an object of strings without a repeated key, or absent; no string holds a lone surrogate.
 */
export interface EventBatch {
  /** UTF-8 text of the events with a comma between each two, without the brackets of an array; not to be changed before the append settles. */
  readonly json: Uint8Array;
  /** How many events the text holds, at least 1. */
  readonly count: number;
  /** Least and greatest timestamp of the batch, nanoseconds since the Unix epoch. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
}

export interface Append {
  readonly topic: string;
  readonly streamId: string;
  readonly batch: EventBatch;
  /** Whether an unknown topic is created. */
  readonly createTopic: boolean;
}

/** Where an append landed: its events have the offsets `firstOffset` to `firstOffset + count - 1`. */
export interface AppendReceipt {
  readonly firstOffset: number;
}

export interface StreamPut {
  readonly topic: string;
  readonly streamId: string;
  readonly properties: StreamProperties;
  readonly createTopic: boolean;
}

/** What a sender may say of a stream. An absent key was not given. */
export interface StreamProperties {
  readonly name?: string;
  /** A folder path such as `/cars/trials`. */
  readonly location?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Ids of the streams this one is derived from. */
  readonly parents?: readonly string[];
  /** ISO 8601 date and time, as it was sent. */
  readonly timeOfRecording?: string;
}

/** Names after `after` in order of their UTF-8 bytes, at most `limit` of them. */
export interface NamePage {
  readonly after?: string;
  readonly limit: number;
}

export interface TopicInfo {
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** The offset the next event will get at the least; offsets start at 1. */
  readonly nextOffset: number;
}

export interface StreamInfo {
  readonly streamId: string;
  readonly status: 'open' | 'closed';
  readonly properties: StreamProperties;
  /** Milliseconds since the Unix epoch: when the stream was first seen, and last written or changed. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly eventCount: number;
  /** Least and greatest timestamp among its events, nanoseconds; absent while it has none. */
  readonly firstTimestamp?: bigint;
  readonly lastTimestamp?: bigint;
}

/** Which events to read: all conditions hold together. */
export interface ReadQuery {
  readonly topic: string;
  readonly streamId?: string;
  /** Only events with a greater offset. */
  readonly after?: number;
  /** Only events with `from <= timestamp < to`, nanoseconds. */
  readonly from?: bigint;
  readonly to?: bigint;
  /** At most so many events, at least 1. */
  readonly limit: number;
}

/** A page of events. A store also bounds its bytes and how much it looks through for it, so it may hold fewer than `limit`. */
export interface EventPage {
  readonly events: StoredEvent[];
  /** Where to ask on, as `after`, when more events may follow, even if this page is empty; `undefined` at the end. */
  readonly next: number | undefined;
}

export interface StoredEvent {
  readonly offset: number;
  readonly streamId: string;
  /** Nanoseconds since the Unix epoch. */
  readonly timestamp: bigint;
  readonly id: string;
  readonly value: string | null;
  /** JSON text of the tags with the escapes as they were sent, but no white space between tokens; `null` when there were none. */
  readonly tags: string | null;
}

export interface RevokedToken {
  readonly tokenId: string;
  readonly expiresAt?: number;
}
