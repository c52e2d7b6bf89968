import type { AppendReceipt } from './event-log';
import type { IdempotencyRecord } from './idempotency';
import type { Position } from './position';

/**
 * Parameter data: packages of samples, sent to the streams of topics of events. Packages and events of a topic share
 * one order: a position of `EventLog` is one of packages too, and either kind can be read behind it. Writes are
 * durable, atomic and ordered as those of an `EventLog` are, packages and events of a stream among each other as
 * well.
 *
 * Methods reject with `unknown_topic`, with `wrong_topic_kind` for a data source, and with `unknown_stream`
 * when a stream is asked for.
 */
export interface ParameterStore {
  /**
   * Appends a package, as `EventLog.append` does events; with `invalid_parameters` when its topic would have
   * more ids of parameters than it may.
   */
  appendPackage(append: PackageAppend): Promise<AppendReceipt>;

  /** Packages as they were sent, in order of position. Rejects as `EventLog.read`. */
  readPackages(query: PackageQuery): Promise<PackagePage>;

  /**
   * Samples of a stream in order of time; those of the same time in the order in which they came. Samples that stood at
   * one place of one package are one row. Rejects with `invalid_query` when `after` is not a cursor of this store.
   */
  readSamples(query: SampleQuery): Promise<SamplePage>;

  /** Samples of a stream in buckets of time, each summed up; rejects with `invalid_query` for too many buckets. */
  aggregateSamples(query: AggregateQuery): Promise<SampleBuckets>;

  /** The parameters that were ever seen in these streams of a topic, by stream; of streams that there are. */
  seenParameters(topic: string, streamIds: readonly string[]): Promise<ReadonlyMap<string, readonly SeenParameter[]>>;
}

/** The kinds of values: two kinds of values under one id are two parameters. */
export const VALUE_KINDS = ['numeric', 'string', 'binary'] as const;

export type ValueKind = (typeof VALUE_KINDS)[number];

/** What holds columns in a package: values of each kind, and tags. */
export type ColumnKind = ValueKind | 'tags';

/** Where a package has them in its JSON. */
export const COLUMN_MEMBERS = {
  numeric: 'numericValues',
  string: 'stringValues',
  binary: 'binaryValues',
  tags: 'tagValues',
} as const satisfies Readonly<Record<ColumnKind, string>>;

/**
 * A package that has passed every check, as text. Made by the package scanner; a store may rely on all of this: it is a
 * JSON object (RFC 8259, valid UTF-8) with at most the keys `epoch`, `timestamps`, `numericValues`, `stringValues`,
 * `binaryValues` and `tagValues`, each at most once and written without escapes. `epoch` is an integer literal;
 * `timestamps` an array of integer literals, each within int64 when the epoch is added. The others are objects without
 * a repeated key, of arrays as long as `timestamps`, of numbers or `null`, or of strings or `null`; strings of
 * `binaryValues` are base64 (RFC 4648, section 4) with its padding. No string holds a lone surrogate, and every number
 * is within the range of a 64-bit float. There may be white space between tokens.
 */
export interface PackageBatch {
  /** UTF-8 text; not to be changed before the append settles. */
  readonly json: Uint8Array;
  /** Number of timestamps, at least 1. */
  readonly count: number;
  /** Number of values that are not `null`. */
  readonly samples: number;
  /** Least and greatest timestamp, the epoch added, nanoseconds since the Unix epoch. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  /** An integer below 2^53 that stands for the ids and their kinds: the same where they are the same. */
  readonly shape: number;
}

export interface PackageAppend {
  /** Who writes, as in `Append`. */
  readonly holder?: string | undefined;
  readonly topic: string;
  readonly streamId: string;
  readonly batch: PackageBatch;
  readonly createTopic: boolean;
  readonly creator?: string | undefined;
  /** As in `Append`; its scope is the stream. */
  readonly record?: IdempotencyRecord;
}

/** Which packages to read: all conditions hold together. */
export interface PackageQuery {
  readonly topic: string;
  readonly streamId?: string;
  /** Only packages behind this position; absent: from the first one that is kept. */
  readonly after?: Position;
  /** The most packages to return, at least 1. */
  readonly limit: number;
  /** Newest first, as in `ReadQuery`. */
  readonly descending?: boolean;
}

/** A page of packages; a store also bounds its bytes. */
export interface PackagePage {
  readonly packages: readonly StoredPackage[];
  /** Where to read on, as `after`. Given with every page, also with an empty one and at the end. */
  readonly position: Position;
  readonly more: boolean;
  /** As in `EventPage`. */
  readonly end?: Position;
}

export interface StoredPackage {
  readonly position: Position;
  readonly streamId: string;
  /** JSON text as in `PackageBatch`: the same values, all digits of numbers among them. */
  readonly json: string;
}

/** A place between samples in order of time: an opaque text of the form of a `Position`. */
export type SampleCursor = string;

export interface SampleQuery {
  readonly topic: string;
  readonly streamId: string;
  /** Ids of parameters, of whatever kind; absent: all. */
  readonly parameters?: readonly string[] | undefined;
  /** Only samples with `from <= timestamp < to`, nanoseconds. */
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  readonly after?: SampleCursor | undefined;
  /** The most rows to return, at least 1. */
  readonly limit: number;
}

/** A column of values by row: the texts of numbers, strings, base64; `null` where there is no sample. */
export type SampleColumn = readonly (string | null)[];

/** Values of rows by id. */
export interface SampleColumns {
  readonly timestamps: readonly bigint[];
  readonly values: Readonly<Record<ValueKind, ReadonlyMap<string, SampleColumn>>>;
  readonly tags: ReadonlyMap<string, SampleColumn>;
}

/** A page of rows. A store also bounds its bytes. */
export interface SamplePage extends SampleColumns {
  /** Where to read on, as `after`; what comes later and lies before it in time is not found there. */
  readonly after: SampleCursor | undefined;
  readonly more: boolean;
}

export interface AggregateQuery {
  readonly topic: string;
  readonly streamId: string;
  readonly parameters?: readonly string[] | undefined;
  /** Only samples with `from <= timestamp < to`, nanoseconds. */
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  /** Length of a bucket, nanoseconds, at least 1. Buckets begin at `origin` plus whole intervals. */
  readonly interval: bigint;
  readonly origin: bigint;
  /**
   * The most buckets between the first sample that is summed up and the last, of whatever parameter. Rejects with
   * `invalid_query` when there are more.
   */
  readonly maxBuckets: number;
}

/** A value and when it was. */
export interface TimedValue {
  /** As it was sent. */
  readonly text: string;
  readonly timestamp: bigint;
}

/** Samples of one parameter in one bucket. */
export interface SampleBucket {
  /** Where it begins. */
  readonly start: bigint;
  readonly count: number;
  /** The earliest and the latest; among those of the same time, the one that came first, or last. */
  readonly first: TimedValue;
  readonly last: TimedValue;
  /** Of numbers alone: the earliest among equal ones. */
  readonly min?: TimedValue;
  readonly max?: TimedValue;
  /** Of numbers alone: as a 64-bit float. */
  readonly sum?: number;
}

/** Buckets in order of time, by kind and id; buckets without a sample are left out. */
export type SampleBuckets = Readonly<Record<ValueKind, ReadonlyMap<string, readonly SampleBucket[]>>>;

/** A parameter and the kind of its values. */
export interface SeenParameter {
  readonly id: string;
  readonly kind: ValueKind;
}
