import type { DefinitionKind } from '../../contract/definitions';
import type { ErrorCode } from '../../../errors';
import type { ColumnConversion, DataSourceChange, DataSourceRecord } from '../../contract/row-store';
import type { Retention, RetentionChange } from '../../contract/retention';
import type { AddedPackages, MergedBlocks, PackedPackages, Replaced } from './packing-messages';
import type { LogCut, StatePart } from './topic-state';

/** What may change while the store is open. */
export interface StoreLimits {
  readonly maxTopics: number;
  readonly maxStreamsPerTopic: number;
  /** How many ids of parameters a topic may have. */
  readonly maxParametersPerTopic: number;
  /** How long topics keep what they hold that have no retention of their own. */
  readonly retention: Required<Retention>;
}

/** The limits that are in force in a thread; they are replaced as a whole. */
export interface LimitsInForce {
  readonly current: StoreLimits;
}

/** Other limits are in force from now on. */
export interface LimitsRequest {
  readonly kind: 'limits';
  readonly limits: StoreLimits;
}

/** What both threads are told when they start. */
export interface ThreadData {
  readonly databaseFile: string;
  /** A number that this opening of the store alone has: with the number of a commit it names that commit for ever. */
  readonly epoch: number;
  /** How long a statement waits for another process's lock, milliseconds. */
  readonly busyTimeout: number;
  readonly limits: StoreLimits;
  /** Size the database file may grow to, its write-ahead log with it; 0: no limit. */
  readonly maxDatabaseBytes: number;
  /** Size of the write-ahead log at which readers give way, so that it can be emptied. */
  readonly maxLogBytes: number;
  /** How long a few packages wait for others to be packed with, milliseconds. */
  readonly packAfter: number;
  /** Whether what is stored comes from logs. */
  readonly isView?: boolean;
  /** Whether nothing is removed that topics no longer keep. */
  readonly keepsAll?: boolean;
  /** The database file, once it was opened: a thread that starts later opens no other. */
  readonly file?: FileId;
}

/** A file as the operating system knows it, whatever its name. */
export interface FileId {
  readonly dev: number;
  readonly ino: number;
}

/** An error on its way between threads. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  /** Set when it says that the database is damaged. */
  readonly damaged?: boolean;
  /** Of `position_gone`. */
  readonly earliest?: string;
  /** Of `forbidden`. */
  readonly scope?: string;
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
  open: { request: { readonly kind: 'open' }; result: OpenedDatabase };
  limits: { request: LimitsRequest; result: null };
  commit: { request: SentCommit; result: SentResult };
  /** Carries out what a log says. */
  apply: { request: ApplyRequest; result: ApplyResult };
  /** How far logs are carried out. */
  logs: { request: { readonly kind: 'logs' }; result: readonly AppliedLog[] };
  /** What became of one of the latest `COMMITS_KEPT` commits; `undefined` if it was not made. */
  recall: { request: { readonly kind: 'recall'; readonly number: number }; result: CommitRecord | undefined };
  /** Rewrites columns of a data source for a moment, beside those that are read. */
  convert: { request: ConversionRequest; result: ConversionProgress };
  /** Puts packages that were packed, or blocks that were put together, in the place of what they were made of. */
  replace: { request: ReplaceRequest; result: Replaced | undefined };
  /** Moves what it can of the write-ahead log into the database; `empty`: all, and empties the log. */
  checkpoint: { request: { readonly kind: 'checkpoint'; readonly empty: boolean }; result: LogBytes };
  /** Moves the write-ahead log into the database and closes it. */
  close: { request: { readonly kind: 'close' }; result: null };
}

/** A database that was just opened. */
export interface OpenedDatabase {
  readonly file: FileId | undefined;
  /** The numbers of topics that have packages, perhaps some that are not packed. */
  readonly topicsOfPackages: readonly number[];
}

export interface ReplaceRequest {
  readonly kind: 'replace';
  readonly made: PackedPackages | MergedBlocks;
}

/** What the thread does that moves the write-ahead log into the database while the writer writes. */
export interface CheckpointerCalls {
  checkpoint: { request: { readonly kind: 'checkpoint' }; result: PagesLeft };
  close: { request: { readonly kind: 'close' }; result: null };
}

/** Pages in the write-ahead log that are not in the database yet. */
export type PagesLeft = number;

/**
 * Bytes of a page of a new database. Larger than SQLite's own: fewer pages for the same events, at little more for a
 * commit of a single one.
 */
export const PAGE_BYTES = 8192;

/** Columns of a data source to be rewritten. */
export interface ConversionRequest {
  readonly kind: 'convert';
  readonly name: string;
  readonly schemaVersion: string;
  readonly converted: readonly ColumnConversion[];
  /** The offset to go on from. */
  readonly from: number;
  /** What the step before has given; absent in the first one. */
  readonly numbers?: readonly number[] | undefined;
}

/** How far columns have been rewritten. */
export interface ConversionProgress {
  /** The columns of the table that hold what is rewritten; none is rewritten before there is one for each. */
  readonly numbers: readonly number[];
  /** All rows before this offset have been. */
  readonly until: number;
  /** The offset where the rows end now. */
  readonly end: number;
}

/** A change of a data source whose columns have been rewritten up to an offset; the rest of them is by the change. */
export type ConvertedChange = DataSourceChange & Partial<Pick<ConversionProgress, 'numbers' | 'until'>>;

/** Bytes that the write-ahead log has. */
export type LogBytes = number;

/** Kinds of appends, in the order in which their texts lie in a request and their groups are written. */
export const APPEND_KINDS = ['events', 'packages', 'rows'] as const;

export type AppendKind = (typeof APPEND_KINDS)[number];

/** Of how many commits the database records what became of them: as many as may be at the writer at once. */
export const COMMITS_KEPT = 2;

/** What tells a commit from others of the same opening, and what was known when it was sent. */
export interface CommitPlace {
  /** Counted from 1. */
  readonly number: number;
  /**
   * The last commit that was known to have failed, 0 for none. What was sent before a failure was known is not carried
   * out after it: it would overtake what has failed.
   */
  readonly knownFailure: number;
}

/** Which part of a long append a transaction is. */
export interface PartPlace {
  /** The number of the commit of its first part, which names the append. */
  readonly began: number;
  /** Counted from 0. */
  readonly index: number;
  readonly isLast: boolean;
}

/** One transaction: groups of appends of each kind in order, with changes in between. */
export interface CommitRequest extends CommitPlace {
  readonly kind: 'commit';
  /** Set when its one group is a part of a long append. */
  readonly part?: PartPlace;
  /** The texts of all groups one after another, kind by kind. */
  readonly text: Uint8Array<ArrayBuffer>;
  readonly groups: {
    readonly events: EventGroupColumns;
    readonly packages: PackageGroupColumns;
    readonly rows: RowGroupColumns;
  };
  readonly records: RecordColumns;
  readonly changes: readonly PlacedChange[];
}

/** A commit as it goes to the writer: what there is nothing of is left out, for even empty columns take their time. */
export interface SentCommit extends Omit<CommitRequest, 'groups' | 'records'> {
  readonly groups: Partial<CommitRequest['groups']>;
  readonly records?: RecordColumns;
}

/** What the columns of every kind of group have. Position i of every column is group i. */
export interface GroupColumns {
  readonly topics: readonly string[];
  /** Where the text of the first group begins. */
  readonly start: number;
  /** Index of the group's idempotency record, -1 for none. */
  readonly records: Int32Array;
}

/** What the columns have of every kind of group that goes to a stream. */
export interface StreamGroupColumns extends GroupColumns {
  readonly streamIds: readonly string[];
  /** 1 where an unknown topic is created. */
  readonly createTopic: Uint8Array;
  /** Whose share a created topic takes. */
  readonly creators: readonly (string | undefined)[];
}

/**
 * Appends to the same stream, joined, as columns. Columns cross threads for a fraction of what an object per group
 * costs. The text of a group is a JSON array.
 */
export interface EventGroupColumns extends StreamGroupColumns {
  /** Where the group's text ends; it begins where the one before it ended. */
  readonly textEnds: Float64Array;
  readonly minTimestamps: BigInt64Array;
  readonly maxTimestamps: BigInt64Array;
}

/** Packages of one shape for the same stream, joined, as columns of groups and columns of packages. */
export interface PackageGroupColumns extends StreamGroupColumns {
  /** Behind the last package of each group; its first is behind the last one of the group before it. */
  readonly packageEnds: Int32Array;
  /** For each group the number that stands for the ids of its packages. */
  readonly shapes: Float64Array;
  /** Where the text of each package ends. */
  readonly textEnds: Float64Array;
  /** For each package the least and the greatest of its timestamps. */
  readonly minTimestamps: BigInt64Array;
  readonly maxTimestamps: BigInt64Array;
}

/** Appends of rows to the same data source, joined, as columns. */
export interface RowGroupColumns extends GroupColumns {
  /** The versions of the schemas that the rows were made for. */
  readonly schemaVersions: readonly string[];
  /**
   * Where the text of the rows ends, and that of the quarantined rows, which follows it; an empty text is of no rows.
   */
  readonly rowsEnds: Float64Array;
  readonly quarantineEnds: Float64Array;
  /** Quarantined rows that groups replace, in order of the groups. */
  readonly replaced: readonly ReplacedRows[];
}

/** The offsets of the quarantined rows that a group replaces. */
export interface ReplacedRows {
  readonly group: number;
  readonly offsets: readonly number[];
}

/** The idempotency records of a request as columns. */
export interface RecordColumns {
  readonly keys: readonly string[];
  readonly subjects: readonly string[];
  /** 32 bytes each. */
  readonly fingerprints: Uint8Array;
  readonly answers: readonly string[];
  readonly expiresAt: Float64Array;
}

/** A change, and for each kind of append the index of the group that it comes before. */
export interface PlacedChange {
  readonly before: Readonly<Record<AppendKind, number>>;
  readonly change: Change;
}

/** A log, and how far it is carried out. */
export interface AppliedLog {
  readonly name: string;
  /** Tells it from another one that has its name. */
  readonly identity: string;
  /** The offset that is carried out next. */
  readonly next: number;
  /** The number of the last write of each of those who write to it. */
  readonly writers: readonly (readonly [writer: string, number: number])[];
  /** Parts of writes whose last part has not come yet, in order. */
  readonly chunks?: readonly KeptChunk[];
}

/** A part of a write of a log. */
export interface KeptChunk {
  readonly writer: string;
  /** Counted from 0. */
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Writes of a log in its order, all in one transaction. */
export interface ApplyRequest {
  readonly kind: 'apply';
  /** Where it stands before. */
  readonly after: number;
  /** Where it stands then; of writers, those that have written. */
  readonly log: AppliedLog;
  readonly writes: readonly LoggedWrite[];
  /** Logs that are there no more when this is carried out. */
  readonly removed: readonly string[];
  /** How many of them have failed, as far as is known where it comes from. */
  readonly failures: number;
  /** Whether others may be far behind this one: what has expired by it is still of use to them. */
  readonly keepsExpired: boolean;
}

/** A write as a log says it. */
export interface LoggedWrite {
  readonly request: SentCommit;
  /** When it was put into the log, milliseconds since the Unix epoch. */
  readonly at: number;
  /** What held where it was put into the log. */
  readonly limits: Partial<StoreLimits>;
}

export type ApplyResult = Pick<CommitResult, 'logBytes' | 'packages' | 'milliseconds'> & {
  /** For each write; what was recorded, if it was carried out before. */
  readonly results: readonly (LoggedResult | CommitRecord)[];
};

/** What became of a write. */
export type LoggedResult = Pick<CommitResult, 'outcomes' | 'failedChanges' | 'advanced' | 'refusedCreators'>;

/** The topic or data source that a change is about; `undefined`: it is about none. */
export function topicOf(change: Change): string | undefined {
  if ('topic' in change) return change.topic;
  return 'name' in change ? change.name : undefined;
}

/** The length of the texts that make a change large, if it has any. */
export function textLength(change: Change): number {
  if ('properties' in change) return change.properties.length;
  if (change.kind === 'keep_chunk') return change.bytes.length;
  if (change.kind === 'restate') return change.state.length;
  if (change.kind === 'state_part') return change.text.length;
  if ('definitions' in change) return Object.values(change.definitions).reduce((sum, text) => sum + text.length, 0);
  return 'definition' in change ? change.definition.length : 0;
}

/** JSON texts of the lists that are replaced; an empty text removes one. */
export type DefinitionTexts = Readonly<Partial<Record<DefinitionKind, string>>>;

/** A write that is not an append. */
export type Change =
  | {
      readonly kind: 'put_stream';
      readonly topic: string;
      readonly streamId: string;
      readonly createTopic: boolean;
      readonly creator: string | undefined;
      /** JSON text. */
      readonly properties: string;
    }
  | {
      readonly kind: 'put_definitions';
      readonly topic: string;
      readonly streamId: string;
      readonly createTopic: boolean;
      readonly creator: string | undefined;
      readonly definitions: DefinitionTexts;
    }
  /** Makes a topic of events. */
  | { readonly kind: 'create_topic'; readonly topic: string; readonly creator: string | undefined }
  | { readonly kind: 'close_stream'; readonly topic: string; readonly streamId: string }
  | { readonly kind: 'remove_topic'; readonly topic: string }
  | { readonly kind: 'remove_stream'; readonly topic: string; readonly streamId: string }
  /** `isTrial`: whether it would be refused is all that is wanted. */
  | ({ readonly kind: 'set_retention'; readonly isTrial?: boolean } & RetentionChange)
  | { readonly kind: 'revoke_token'; readonly tokenId: string; readonly expiresAt: number | null }
  | ({ readonly kind: 'create_data_source' } & DataSourceRecord)
  | ({ readonly kind: 'change_data_source' } & ConvertedChange)
  | { readonly kind: 'truncate_data_source'; readonly name: string; readonly part: 'rows' | 'quarantine' }
  | { readonly kind: 'drop_data_source'; readonly name: string }
  /** Keeps a part of a write of a log until the last part comes; the first one takes the place of all before it. */
  | ({ readonly kind: 'keep_chunk'; readonly log: string } & KeptChunk)
  | { readonly kind: 'drop_chunks'; readonly log: string; readonly writer: string }
  /** A part of what a topic was at an offset of its log. Views that came there know it, and note that it is there. */
  | ({ readonly kind: 'state_part'; readonly topic: string } & StatePart)
  /**
   * The log of a topic begins at an offset: what was stored before is kept by nobody. `decidedAt`: by the clock of the
   * hub that says so, milliseconds since the Unix epoch.
   */
  | ({ readonly kind: 'cut_log'; readonly topic: string; readonly decidedAt: number } & LogCut)
  /** A topic is what a log says that it was, whatever it is; `state`: lines. */
  | { readonly kind: 'restate'; readonly topic: string; readonly log: string; readonly state: Uint8Array }
  /** Does nothing but keep what is called before it from what is called after it. */
  | { readonly kind: 'barrier' }
  /** Proves that this many bytes can be written; they replace those of the probe before. */
  | { readonly kind: 'probe'; readonly bytes: number };

/** What became of a transaction that was committed. */
export interface CommitResult {
  readonly outcomes: {
    readonly events: StreamOutcomes;
    readonly packages: StreamOutcomes;
    readonly rows: RowOutcomes;
  };
  readonly failedChanges: readonly IndexedFailure[];
  readonly advanced: AdvancedTopics;
  /** Creators that were refused a topic, because they have their share. */
  readonly refusedCreators?: readonly string[];
  /** From its beginning to its synced end. */
  readonly milliseconds: number;
  /** Of the write-ahead log after it. */
  readonly logBytes: number;
  /** Steps of other work that were written to the log since the commit before. */
  readonly steps?: number;
  /** What it has added to topics of packages. */
  readonly packages?: readonly AddedPackages[];
}

/** Its result as it comes back. */
export interface SentResult extends Omit<CommitResult, 'outcomes'> {
  readonly outcomes: Omit<CommitResult['outcomes'], 'packages'> & { readonly packages?: StreamOutcomes };
}

/** What a transaction has recorded of itself. */
export interface CommitRecord {
  readonly advanced: AdvancedTopics;
  /**
   * Absent in the plain case: every group was stored whole, one after another, and there were no changes.
   */
  readonly steps?: Pick<CommitResult, 'failedChanges'> & {
    readonly events: RecordedOutcomes;
    readonly packages: RecordedOutcomes;
    readonly rows: RowOutcomes;
  };
}

/** `StreamOutcomes` as JSON. */
export interface RecordedOutcomes {
  readonly failed: readonly IndexedFailure[];
  readonly firstOffsets: readonly number[];
  readonly generations: readonly number[];
}

/** What became of groups that go to streams. */
export interface StreamOutcomes {
  readonly failed: readonly IndexedFailure[];
  /**
   * For each group the offset of its first event or package; 0 where its idempotency record existed. Of a part of a
   * long append that is not the last one, it says no more than that.
   */
  readonly firstOffsets: Float64Array;
  /** For each group the generation of its topic. */
  readonly generations: Float64Array;
}

/** What became of the groups of rows. */
export interface RowOutcomes {
  readonly failed: readonly IndexedFailure[];
  /** Groups whose idempotency record existed. */
  readonly repeated: readonly IndexedAnswer[];
}

/** The topics and data sources whose ends the transaction moved, as columns. */
export interface AdvancedTopics {
  readonly names: readonly string[];
  /** The greatest offset of each. */
  readonly offsets: readonly number[];
  readonly generations: readonly number[];
  /** The same of quarantines, by their data sources; absent where there are none. */
  readonly quarantines?: AdvancedTopics;
}

/** A step that failed alone, by its index in the request. */
export interface IndexedFailure {
  readonly index: number;
  readonly failure: Failure;
}

/** What the first append with an idempotency record was answered, by the index of the group that came with it again. */
export interface IndexedAnswer {
  readonly index: number;
  readonly answer: string;
}
