import type { Position, StartPoint } from '../store/contract/position';
import type { FeedRecord } from './feed-record';

/** Where a reader begins; `last`: before the last records that it wants, this many. */
export type FeedStart = StartPoint | { readonly last: number };

/** What a reader follows, and from where. */
export interface FeedQuery {
  readonly start: FeedStart;
}

/** A page of what is stored. */
export interface FeedPage<R extends FeedRecord> {
  readonly records: readonly R[];
  /** Where to read on. */
  readonly position: Position;
  readonly more: boolean;
}

/** Which records a page holds. */
export interface FeedPageQuery {
  readonly after?: Position | undefined;
  readonly limit: number;
  /** Newest first: those before `after`, or the last ones. */
  readonly descending?: boolean;
}

/** What a feed reads: one kind of what a store holds. */
export interface FeedSource<Query extends FeedQuery, R extends FeedRecord> {
  /** What readers share that are at the end of the same: all that is stored there, whatever they want of it. */
  keyOf(query: Query): string;
  /** A page of all that has the key of a query. */
  readAll(query: Query, page: FeedPageQuery): Promise<FeedPage<R>>;
  /** The same for queries for which `read` and `resolve` do the same. */
  placeOf(query: Query): string;
  /** A page for one query, which may leave out what it does not want. */
  read(query: Query, page: FeedPageQuery): Promise<FeedPage<R>>;
  /** Those of some records that a query wants. */
  select(records: readonly R[], query: Query): readonly R[];
  resolve(query: Query, start: StartPoint): Promise<Position>;
  /** Tells which keys may have advanced, and of what something was removed, until the function it returns is called. */
  observe(watcher: FeedWatcher): () => void;
}

export interface FeedWatcher {
  readonly onAdvance: (keys: Iterable<string>) => void;
  readonly onRemove: (key: string) => void;
}
