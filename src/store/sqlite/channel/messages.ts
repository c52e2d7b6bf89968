import type { ErrorCode } from '../../../errors';
import type {
  DataSourceChange,
  DataSourceRecord,
  NamePage,
  QuarantinePage,
  QuarantinedRow,
  ReadQuery,
  RevokedToken,
  TopicInfo,
} from '../../event-store';

/** What both threads are told when they start. */
export interface ThreadData {
  readonly databaseFile: string;
  /** How long a statement waits for another process's lock, milliseconds. */
  readonly busyTimeout: number;
  readonly maxTopics: number;
  readonly maxStreamsPerTopic: number;
  /** Size the database file may grow to; 0: no limit. */
  readonly maxDatabaseBytes: number;
}

/** An error on its way between threads. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Main thread → worker. */
export interface Envelope<Request> {
  readonly id: number;
  readonly request: Request;
}

/** Worker → main thread: the outcome of the call of that id. */
export type Reply =
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure };

/** A table of calls by kind: the request of each, and what it resolves to. */
export type CallTable<T> = { [Kind in keyof T]: { request: { readonly kind: Kind }; result: unknown } };

/** What the writer thread does. */
export interface WriterCalls {
  /** Opens the database and brings its schema up to date. */
  open: { request: { readonly kind: 'open' }; result: null };
  commit: { request: CommitRequest; result: CommitResult };
  /** Moves the write-ahead log into the database and closes it. */
  close: { request: { readonly kind: 'close' }; result: null };
}

/** One transaction: groups of appends in order, with changes of the catalogue in between. */
export interface CommitRequest {
  readonly kind: 'commit';
  /** The texts of all groups of events one after another, each a JSON array, then those of all groups of rows. */
  readonly text: Uint8Array<ArrayBuffer>;
  readonly groups: GroupColumns;
  readonly rows: RowGroupColumns;
  readonly claims: ClaimColumns;
  readonly changes: readonly PlacedChange[];
}

/**
 * Appends to the same stream, joined, as columns: position i of every column is group i. Columns cross threads for a
 * fraction of what an object per group costs.
 */
export interface GroupColumns {
  readonly topics: readonly string[];
  readonly streamIds: readonly string[];
  /** 1 where an unknown topic is created. */
  readonly createTopic: Uint8Array;
  /** Where the group's text ends; it begins where the one before it ended. */
  readonly textEnds: Float64Array;
  readonly minTimestamps: BigInt64Array;
  readonly maxTimestamps: BigInt64Array;
  /** Index of the claim, -1 for none. */
  readonly claims: Int32Array;
}

/** Appends of rows to the same data source, joined, as columns like those of `GroupColumns`. */
export interface RowGroupColumns {
  readonly topics: readonly string[];
  /** For how many columns the rows were made. */
  readonly columns: Uint32Array;
  /** Where the text of the rows ends, and that of the quarantined rows, which follows it; an empty text is of no rows. */
  readonly rowsEnds: Float64Array;
  readonly quarantineEnds: Float64Array;
  /** Index of the claim, -1 for none. */
  readonly claims: Int32Array;
  /** Quarantined rows that groups let go of, in order of the groups. */
  readonly released: readonly ReleasedRows[];
}

/** The offsets of quarantined rows that a group lets go of. */
export interface ReleasedRows {
  readonly group: number;
  readonly offsets: readonly number[];
}

/** The claims of a request as columns. */
export interface ClaimColumns {
  readonly keys: readonly string[];
  /** 32 bytes each. */
  readonly fingerprints: Uint8Array;
  readonly answers: readonly string[];
  readonly expiresAt: Float64Array;
}

/** A change and the indexes of the group of events and the group of rows it comes before. */
export interface PlacedChange {
  readonly beforeGroup: number;
  readonly beforeRows: number;
  readonly change: Change;
}

/** A write that is no append. */
export type Change =
  | {
      readonly kind: 'put_stream';
      readonly topic: string;
      readonly streamId: string;
      readonly createTopic: boolean;
      /** JSON text. */
      readonly properties: string;
    }
  | { readonly kind: 'close_stream'; readonly topic: string; readonly streamId: string }
  | { readonly kind: 'revoke_token'; readonly tokenId: string; readonly expiresAt: number | null }
  | ({ readonly kind: 'create_data_source' } & DataSourceRecord)
  | ({ readonly kind: 'change_data_source' } & DataSourceChange)
  | { readonly kind: 'truncate_data_source'; readonly name: string; readonly part: 'rows' | 'quarantine' }
  | { readonly kind: 'drop_data_source'; readonly name: string }
  /** Proves that so many bytes can be written, and lets go of those of the probe before. */
  | { readonly kind: 'probe'; readonly bytes: number };

/** What became of a transaction that was committed. */
export interface CommitResult {
  /** For each group of events the offset of its first; 0 where its claim was made before. */
  readonly firstOffsets: Float64Array;
  readonly failedGroups: readonly IndexedFailure[];
  readonly failedRows: readonly IndexedFailure[];
  /** Groups of rows whose claim was made before. */
  readonly answeredRows: readonly IndexedAnswer[];
  readonly failedChanges: readonly IndexedFailure[];
  /** From its beginning to its synced end. */
  readonly milliseconds: number;
}

/** A step that failed alone, by its index in the request. */
export interface IndexedFailure {
  readonly index: number;
  readonly failure: Failure;
}

/** What the first append with a claim was answered, by the index of the group that came with it again. */
export interface IndexedAnswer {
  readonly index: number;
  readonly answer: string;
}

/** What the reader thread does. */
export interface ReaderCalls {
  topics: { request: { readonly kind: 'topics'; readonly page: NamePage }; result: TopicInfo[] };
  streams: {
    request: { readonly kind: 'streams'; readonly topic: string; readonly page: NamePage };
    result: StreamRow[];
  };
  stream: {
    request: { readonly kind: 'stream'; readonly topic: string; readonly streamId: string };
    result: StreamRow;
  };
  read: { request: { readonly kind: 'read'; readonly query: ReadQuery }; result: EventColumns };
  quarantined_rows: {
    request: { readonly kind: 'quarantined_rows'; readonly name: string; readonly page: QuarantinePage };
    result: QuarantinedRow[];
  };
  revoked_tokens: { request: { readonly kind: 'revoked_tokens' }; result: RevokedToken[] };
  close: { request: { readonly kind: 'close' }; result: null };
}

/** A stream as it is stored. */
export interface StreamRow {
  readonly streamId: string;
  readonly status: 'open' | 'closed';
  /** JSON text. */
  readonly properties: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly eventCount: number;
  readonly firstTimestamp: bigint | null;
  readonly lastTimestamp: bigint | null;
}

/** A page of events as columns, which cross threads faster than objects. */
export interface EventColumns {
  readonly offsets: number[];
  readonly streamIds: string[];
  readonly timestamps: bigint[];
  readonly ids: string[];
  readonly values: (string | null)[];
  readonly tags: (string | null)[];
  readonly next: number | undefined;
}
