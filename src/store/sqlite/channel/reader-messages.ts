import type { DataSourceInfo, NamePage, RecentQuery, RecentStreams, TopicInfo } from '../../contract/catalogue';
import type { DefinitionKind } from '../../contract/definitions';
import type { LimitsRequest } from './messages';
import type { LogPlan, PlanRules, TopicState } from './topic-state';
import type { KeptValue } from '../../contract/kept-value';
import type { QuarantinedRow, RowPage, RowQuery, RowsPart, StoredMisfit } from '../../contract/row-store';
import type { ReadQuery } from '../../contract/event-log';
import type {
  AggregateQuery,
  PackageQuery,
  SamplePage,
  SampleQuery,
  SeenParameter,
} from '../../contract/parameter-store';
import type { BucketPart } from '../../samples/added-buckets';
import type { RevokedToken } from '../../contract/token-store';

/** What the reader thread does. */
export interface ReaderCalls {
  limits: { request: LimitsRequest; result: null };
  topic: { request: { readonly kind: 'topic'; readonly name: string }; result: TopicRow | undefined };
  topics: { request: { readonly kind: 'topics'; readonly page: NamePage }; result: TopicRow[] };
  named_topics: {
    request: { readonly kind: 'named_topics'; readonly names: readonly string[] };
    result: TopicRow[];
  };
  definitions: {
    request: { readonly kind: 'definitions'; readonly topic: string; readonly streamIds: readonly string[] };
    result: DefinitionRow[];
  };
  named_streams: {
    request: { readonly kind: 'named_streams'; readonly topic: string; readonly streamIds: readonly string[] };
    result: StreamRow[];
  };
  recent_streams: {
    request: { readonly kind: 'recent_streams'; readonly topic: string; readonly query: RecentQuery };
    result: RecentStreams;
  };
  streams: {
    request: { readonly kind: 'streams'; readonly topic: string; readonly page: NamePage };
    result: StreamRow[];
  };
  stream: {
    request: { readonly kind: 'stream'; readonly topic: string; readonly streamId: string };
    result: StreamRow;
  };
  read: { request: { readonly kind: 'read'; readonly query: OffsetQuery }; result: EventColumns };
  packages: { request: { readonly kind: 'packages'; readonly query: PackageOffsetQuery }; result: PackageColumnsPage };
  samples: { request: { readonly kind: 'samples'; readonly query: SampleQuery }; result: SamplePage };
  aggregates: {
    request: { readonly kind: 'aggregates'; readonly query: AggregateRequest };
    result: SampleSums;
  };
  seen_parameters: {
    request: { readonly kind: 'seen_parameters'; readonly topic: string; readonly streamIds: readonly string[] };
    result: SeenRow[];
  };
  resolve: { request: { readonly kind: 'resolve'; readonly topic: string; readonly start: StartPlace }; result: Place };
  quarantined_rows: {
    request: { readonly kind: 'quarantined_rows'; readonly name: string; readonly page: OffsetPage };
    result: QuarantineRow[];
  };
  read_rows: { request: { readonly kind: 'read_rows'; readonly query: OffsetRowQuery }; result: RowColumns };
  read_quarantine: {
    request: { readonly kind: 'read_quarantine'; readonly query: OffsetRowQuery };
    result: QuarantineColumns;
  };
  resolve_rows: {
    request: {
      readonly kind: 'resolve_rows';
      readonly name: string;
      readonly part: RowsPart;
      readonly start: StartPlace;
    };
    result: Place;
  };
  backlog: { request: { readonly kind: 'backlog' }; result: Backlog };
  log_plans: {
    request: {
      readonly kind: 'log_plans';
      readonly topics: readonly { readonly topic: string; readonly log: string }[];
      readonly rules: PlanRules;
    };
    result: LogPlan[];
  };
  topic_state: {
    request: { readonly kind: 'topic_state'; readonly topic: string; readonly log: string };
    result: TopicState | undefined;
  };
  revoked_tokens: { request: { readonly kind: 'revoked_tokens' }; result: RevokedToken[] };
  close: { request: { readonly kind: 'close' }; result: null };
}

/** What is to be deleted, and is still there. */
export interface Backlog {
  /** Topics and data sources that there are. */
  readonly topics: number;
  /** Topics and streams that were removed, and tables that were discarded. */
  readonly removals: number;
  /** Events and rows that retention lets go. */
  readonly records: number;
}

/** A read of events, its position taken apart. */
export interface OffsetQuery extends Omit<ReadQuery, 'after'> {
  readonly after: Place | undefined;
}

/** A read of packages, its position taken apart. */
export interface PackageOffsetQuery extends Omit<PackageQuery, 'after'> {
  readonly after: Place | undefined;
}

/** Packages as columns. */
export interface PackagesPage {
  readonly offsets: number[];
  /** Numbers of their streams. */
  readonly streams: number[];
  readonly texts: string[];
  /** The offset behind which to read on. */
  readonly after: number;
  readonly more: boolean;
}

/** A page of packages of a topic. */
export interface PackageColumnsPage extends Omit<PackagesPage, 'streams'> {
  readonly streamIds: string[];
  readonly generation: number;
  /** Of a page in descending order: the greatest offset of the topic. */
  readonly head?: number;
}

/** A part of an aggregate: the first, or what lies behind an offset. */
export interface AggregateRequest extends AggregateQuery {
  readonly after?: number | undefined;
}

/** What samples come to, in order of time, each bucket by where it begins. */
export interface SampleSums {
  readonly sums: readonly BucketPart[];
  /** The offset behind which the next part begins; `undefined`: this is all. */
  readonly next: number | undefined;
}

/** A parameter that was seen in a stream. */
export interface SeenRow extends SeenParameter {
  readonly streamId: string;
}

/** A read of rows, its position taken apart. */
export interface OffsetRowQuery extends Omit<RowQuery, 'after'> {
  readonly after: Place | undefined;
}

/** What every page of rows says, of whatever part. */
export interface RowPageHead extends Pick<RowPage<unknown>, 'schemaVersion' | 'definition' | 'more'> {
  /** Of a page in descending order: the greatest offset there is. */
  readonly head?: number;
  readonly generation: number;
  /** The offset behind which to read on. */
  readonly after: number;
  readonly offsets: number[];
}

/** A page of rows: the values of each, and its unknown fields. */
export interface RowColumns extends RowPageHead {
  readonly values: (KeptValue | null)[][];
  readonly rests: (string | null)[];
}

/** A page of quarantined rows. */
export interface QuarantineColumns extends RowPageHead {
  readonly misfits: Omit<StoredMisfit, 'position'>[];
}

/** Where a reader begins, a position taken apart. */
export type StartPlace = 'earliest' | 'latest' | { readonly place: Place } | { readonly storedSince: number };

/** What a position says. */
export interface Place {
  /** Of the last event before it; 0 stands before the first one. */
  readonly offset: number;
  /** 0 for the first topic of a name; later ones have numbers of their own. */
  readonly generation: number;
}

/** A page of quarantined rows. */
export interface OffsetPage {
  readonly after: number;
  readonly limit: number;
}

/** A quarantined row as it is stored. */
export interface QuarantineRow extends Omit<QuarantinedRow, 'id'> {
  readonly offset: number;
}

/** A topic or data source as it is stored. */
export interface TopicRow
  extends
    Omit<TopicInfo, 'dataSource' | 'position' | 'earliest' | 'retention' | 'storedAt'>,
    Omit<DataSourceInfo, 'definition' | 'updatedAt'> {
  readonly generation: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  /** 0: nothing was stored yet. */
  readonly storedAt: number;
  readonly retentionAge: number | null;
  readonly retentionBytes: number | null;
  readonly definition: string | null;
  readonly updatedAt: number | null;
}

/** A list of definitions of a stream, as it is stored. */
export interface DefinitionRow {
  readonly streamId: string;
  readonly kind: DefinitionKind;
  /** JSON text. */
  readonly text: string;
}

/** A stream as it is stored. */
export interface StreamRow {
  readonly streamId: string;
  readonly status: 'open' | 'closed';
  /** JSON text. */
  readonly properties: string;
  readonly hasDefinitions: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly eventCount: number;
  readonly firstTimestamp: bigint | null;
  readonly lastTimestamp: bigint | null;
}

/** A page of events as columns, which cross threads faster than objects. */
export interface EventColumns {
  /** Of a page in descending order: the greatest offset of the topic. */
  readonly head?: number;
  readonly generation: number;
  readonly offsets: number[];
  readonly streamIds: string[];
  readonly timestamps: bigint[];
  readonly ids: string[];
  readonly values: (string | null)[];
  readonly tags: (string | null)[];
  /** The offset behind which to read on. */
  readonly after: number;
  readonly more: boolean;
}
