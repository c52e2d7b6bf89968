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
   * Rejects with `unknown_topic` when the topic does not exist and `createTopic` is false, `topic_limit`, `stream_limit`,
   * `wrong_topic_kind` when the topic holds rows, and `idempotency_mismatch` when its claim was made with another fingerprint.
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

  /**
   * Makes a topic that holds rows instead of events: a data source. Rejects with `topic_exists`, `topic_limit`.
   */
  createDataSource(source: DataSourceRecord): Promise<void>;

  /**
   * Replaces the definition of a data source and adds columns behind those it has; its rows have `fill` in them.
   * Rejects with `unknown_topic`, and with `wrong_topic_kind` for a topic of events, as every method below that names a data source does;
   * with `invalid_schema` when a `fill` holds a NUL character.
   */
  changeDataSource(change: DataSourceChange): Promise<void>;

  /** Removes all rows, or all quarantined rows. Offsets go on from where they were, and claims last. */
  truncateDataSource(name: string, part: 'rows' | 'quarantine'): Promise<void>;

  /** Removes a data source with all it holds. Writes called after it meet `unknown_topic`. */
  dropDataSource(name: string): Promise<void>;

  /**
   * Appends rows, quarantined rows, or both, and lets go of quarantined rows they were made of: all in one commit.
   * Rejects with `schema_changed` when the rows were made for another number of columns than there are now, or when a quarantined
   * row that is let go of is there no more (so no quarantined row is replayed twice), and as `append` does for a claim.
   */
  appendRows(append: RowsAppend): Promise<RowsReceipt>;

  /** Quarantined rows in order of offset, those after `after`, at most `limit` and as many as fit a page. An empty page is the end. */
  quarantinedRows(name: string, page: QuarantinePage): Promise<QuarantinedRow[]>;

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

  /** Whether the last commit succeeded, as far as is known. While it is false, nobody should be told that a write will succeed. */
  readonly writable: boolean;

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
  /** With a claim that was made before, nothing is stored and the receipt has no `firstOffset`. */
  readonly claim?: Claim;
}

/**
 * Makes a write happen once although it is sent again. The claim is written in the same commit as what it guards. While a claim of the
 * same key and topic lasts, a write with the same fingerprint stores nothing and is given the answer of the first; one with
 * another fingerprint is rejected with `idempotency_mismatch`.
 */
export interface Claim {
  readonly key: string;
  /** 32 bytes that stand for what is written. */
  readonly fingerprint: Uint8Array;
  /** What the caller is answered; kept for those that ask again. */
  readonly answer: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** Where an append landed: its events have the offsets `firstOffset` to `firstOffset + count - 1`. `undefined`: they were stored before. */
export interface AppendReceipt {
  readonly firstOffset: number | undefined;
}

/** How the values of a column are kept: SQLite's storage classes; `any` keeps each value as it comes. */
export type ColumnStorage = 'integer' | 'real' | 'text' | 'any';

export interface StoredColumn {
  readonly name: string;
  readonly storage: ColumnStorage;
}

/** A data source as the store knows it: its definition means nothing to the store. */
export interface DataSourceRecord {
  readonly name: string;
  /** Text of its `.datasource` file. */
  readonly definition: string;
  /** In their order; names differ from each other, case not counted. */
  readonly columns: readonly StoredColumn[];
}

export interface DataSourceChange {
  readonly name: string;
  readonly definition: string;
  /** Columns to add, each with the value that the rows stored so far get. */
  readonly added: readonly (StoredColumn & { readonly fill: string | number | bigint | null })[];
}

/**
 * Rows as text. Made by the row scanner; a store may rely on all of this: each row is a JSON array (RFC 8259, valid UTF-8) of
 * first the unknown fields, as an object or `null`, then one value for each column in order: a string, a number that the column's storage
 * keeps exactly (integers within int64), `null`, or an array or object, whose text is what is stored.
 */
export interface RowBatch {
  /** UTF-8 text of the rows with a comma between each two, without the brackets of an array; not to be changed before the append settles. */
  readonly json: Uint8Array;
  readonly count: number;
}

/**
 * Rows that did not fit, as text of the same form: each a JSON array of the raw row, base64 of its bytes; the columns it failed at, an array of
 * strings; the reasons, an array of as many strings; and the original values, an array with a string or `null` for each column.
 */
export type QuarantineBatch = RowBatch;

export interface RowsAppend {
  readonly topic: string;
  /** For how many columns the rows were made. */
  readonly columns: number;
  readonly rows: RowBatch;
  readonly quarantine: QuarantineBatch;
  /** Offsets of quarantined rows that `rows` and `quarantine` take the place of. */
  readonly released?: readonly number[];
  readonly claim?: Claim;
}

export interface RowsReceipt {
  /** The answer of the first time, if the claim was made before; then nothing was stored. */
  readonly answer: string | undefined;
}

export interface QuarantinePage {
  readonly after: number;
  readonly limit: number;
}

export interface QuarantinedRow {
  readonly offset: number;
  /** The bytes as they were sent. */
  readonly raw: Uint8Array;
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
  /** `rows`: a data source. */
  readonly kind: 'events' | 'rows';
  /** Of a data source. */
  readonly dataSource?: DataSourceInfo;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** The offset the next event will get at the least; offsets start at 1. */
  readonly nextOffset: number;
}

export interface DataSourceInfo {
  readonly definition: string;
  readonly rowCount: number;
  readonly quarantineCount: number;
  /** Milliseconds since the Unix epoch: when its rows or its definition last changed. */
  readonly updatedAt: number;
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
