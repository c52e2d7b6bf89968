import type { Catalogue } from './catalogue';
import type { EventLog } from './event-log';
import type { ParameterStore } from './parameter-store';
import type { Position } from './position';
import type { RowStore } from './row-store';
import type { SqlEngine } from './sql-engine';
import type { TokenStore } from './token-store';

/**
 * What every store offers, whatever engine is under it: a role for each of its jobs, and its own state. Whoever uses a
 * store asks for the roles it needs.
 *
 * - **Bounded.** `full` turns true when the bytes that wait for a commit reach the store's limit, and false when they
 *   have fallen to half of it. An append is never refused for that: callers look at `full` and slow down or refuse.
 * - **Honest.** A store that cannot write rejects with `store_unavailable` and a message that says why, stays usable,
 *   and goes on by itself when it can write again.
 *
 * - **Certain.** A write that rejects is not stored, unless it rejects with `OutcomeUnknown`: then the store has lost
 *   track of it, and finds out what became of it before it stores anything newer. A write that was called behind one
 *   that fails is not stored either, if the failure was not told yet: what is tried again in order stays in order.
 *
 * Every rejection is a `WriterHubError`. Codes besides `store_unavailable` are named at the methods of the roles.
 */
export interface Store extends WriteState {
  readonly log: EventLog;
  readonly catalogue: Catalogue;
  readonly parameters: ParameterStore;
  readonly rows: RowStore;
  readonly tokens: TokenStore;
  /** Absent where the engine has no SQL. It is closed with the store. */
  readonly sql?: SqlEngine;
  readonly capabilities: StoreCapabilities;

  /** What the queue in front of the engine holds now. */
  readonly queue: { readonly appends: number; readonly bytes: number };

  /** Resolves when the store has just proved that it can commit; rejects with `store_unavailable`. */
  probe(): Promise<void>;

  /** Notifies an observer from now on, until the function that it returns is called. Observers must not throw. */
  observe(observer: StoreObserver): () => void;

  /** Commits what was accepted, then releases everything. Calls after it reject with `store_unavailable`. */
  close(): Promise<void>;
}

/** Whether a write will succeed, as far as is known. */
export interface WriteState {
  /** Whether the bytes that wait for a commit have reached the limit. */
  readonly full: boolean;

  /** Whether a holder (`Append.holder`) has its share of what may wait, or there is no room for anybody. */
  isFullFor(holder: string): boolean;
  /** Whether the last commit succeeded. While it is false, nobody should be told that a write will succeed. */
  readonly writable: boolean;
}

/** What an engine promises beyond the least. Tests skip what is not declared. */
export interface StoreCapabilities {
  /** What was written is there after `close` and another opening. */
  readonly survivesReopening: boolean;
  /**
   * Positions are offsets: the n-th event, package or row of the first topic of a name has the position `n` in digits,
   * and quarantined rows are numbered likewise. Before the first one is `0`, and an offset that is not given yet can be
   * read after, too.
   */
  readonly contiguousOffsets: boolean;
  /** `topic_limit` and `stream_limit` hold exactly, also for what is called at once. */
  readonly exactLimits: boolean;
  /** A write that would make its topic and is refused leaves none; else it may leave an empty one. */
  readonly refusedLeaveNoTopic: boolean;
}

/**
 * What a store tells while it runs. Each call may come before or after the promises of the writes it is about settle.
 */
export interface StoreObserver {
  /** `full` has turned to this value; with a holder, whether that one has its share of what may wait. */
  onPressure?(full: boolean, holder: string | undefined): void;

  /** A creator was refused a topic or data source, because it has made its share of them. */
  onTopicRefused?(creator: string): void;

  /** A commit succeeded; it may hold no appends. */
  onCommit?(commit: CommitReport): void;

  /** Writing began to fail (the reason), or works again (`undefined`). Called once at each turn. */
  onWritable?(failure: Error | undefined): void;

  /**
   * A commit moved the ends of these topics and data sources, by name. Called when a read sees what was committed, once
   * for each commit that moved one, in their order. Streams that are made or changed and quarantined rows move no end.
   */
  onAdvance?(ends: ReadonlyMap<string, Position>): void;

  /**
   * A commit wrote to streams or data sources, or made, changed or removed what the catalogue holds. Called when a call
   * of the catalogue sees it, once for each commit that did, in their order. What retention removes is not told.
   */
  onChange?(changes: CatalogueChanges): void;

  /** As `onAdvance`: a commit moved the ends of the quarantines of these data sources, by name. */
  onQuarantine?(ends: ReadonlyMap<string, Position>): void;

  /**
   * A topic, a data source, or a stream of a topic was removed: a read of it rejects from now on. Or a data source or
   * its quarantine was emptied: what readers hold of it is there no more.
   */
  onRemove?(topic: string): void;
}

/** What a commit wrote to and changed; what was refused, or was stored before, is not in it. */
export interface CatalogueChanges {
  /** Appends that were stored, several to one stream together or not. They may have made the stream and its topic. */
  readonly writes: readonly StreamWrite[];
  /** What was made, changed or removed by other calls. */
  readonly changes: readonly CatalogueChange[];
}

export interface StreamWrite {
  readonly topic: string;
  /** Absent: these are rows of a data source. */
  readonly streamId?: string;
  /** Of their text, about. */
  readonly bytes: number;
}

export interface CatalogueChange {
  readonly topic: string;
  /** Absent: it is the topic or data source itself. */
  readonly streamId?: string;
  /** `changed`: made or changed, also if it is the same as before. Only streams are closed. */
  readonly kind: 'changed' | 'closed' | 'removed';
}

/** What a commit held. An append that was refused, or was stored before, may be counted. */
export interface CommitReport {
  readonly appends: number;
  readonly events: AppendsReport;
  /** Packages of parameter data. */
  readonly packages: AppendsReport;
  /** Rows and quarantined rows. */
  readonly rows: AppendsReport;
  readonly milliseconds: number;
}

/** The appends of one kind that a commit held. */
export interface AppendsReport {
  /** How long each of them took from its call to the end of the commit, in milliseconds. */
  readonly waits: readonly number[];
  readonly records: number;
  /** Of their texts. */
  readonly bytes: number;
}
