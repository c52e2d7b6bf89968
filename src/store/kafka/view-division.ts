import type { WriterHubError } from '../../errors';
import type { Catalogue } from '../contract/catalogue';
import type { EventLog } from '../contract/event-log';
import type { ParameterStore } from '../contract/parameter-store';
import type { Position } from '../contract/position';
import type { RowStore } from '../contract/row-store';
import type { SqlEngine } from '../contract/sql-engine';
import type { CatalogueChanges, StoreObserver } from '../contract/store';
import type { SqliteView } from '../sqlite/sqlite-view';
import type { WriteNumber } from './log-record';

/** What a hub has a view of, where others have views of other topics. */
export interface ViewDivision {
  /** Begins to answer others, and to ask them. Rejects when it cannot. */
  start(store: DividedStore): Promise<void>;

  /** Whether there is a view of a topic here. */
  has(topic: string): boolean;

  /** Why nothing can be written to a topic now; `undefined`: it can. */
  refusal(topic: string): WriterHubError | undefined;

  /** There is another topic, of which there is no view here. */
  made(name: string, log: string): void;

  /** A topic is there no more, wherever there were views of it. */
  removed(name: string, log: string): void;

  /** A write of another hub was carried out here. */
  applied(log: string, write: WriteNumber, outcome: PromiseSettledResult<unknown>): void;

  /** A role of a store, where what there is no view of is asked of hubs that have one. */
  route<Role extends object>(role: keyof ReadRoles, local: Role): Role;
  routeCatalogue(local: Catalogue): Catalogue;
  routeSql(local: SqlEngine): SqlEngine;

  /** Its view, hubs that can be asked, hubs that ask, and calls that wait for their answers. */
  status(): { readonly view: string; readonly hubs: number; readonly callers: number; readonly waiting: number };

  close(): void;
}

/** The store that has some of the views. */
export interface DividedStore {
  /** Tells its writes from those of others; another one with every start. */
  readonly writer: string;
  /** What it has a view of. */
  readonly roles: ReadRoles;
  readonly sql: SqlEngine | undefined;
  /** Topics and data sources of which there is no view here. */
  elsewhere(): Iterable<NamedLog>;
  /** The number of its first write to a log of which is not known what came of it, be it yet to be called. */
  firstPending(log: string): number;
  /** It is known what became of one of them. */
  settle(log: string, number: number, outcome: PromiseSettledResult<unknown>): void;
  /** The number of the last write of a writer to a log that was carried out before it was opened; 0: none. */
  carriedOutBefore(log: string, writer: string): number;
  /** The offset of the catalogue that is carried out next. */
  catalogueAt(): number;
  /** Resolves when the catalogue has come to an offset. */
  reached(catalogue: number): Promise<void>;
  /** Another hub tells of what there is no view of here. */
  told(told: Told): void;
  /** Observes what the view here tells. */
  observe(observer: StoreObserver): () => void;
}

/** A topic and its log. */
export interface NamedLog {
  readonly name: string;
  readonly log: string;
}

/** The roles of a store, or parts of them, that read. */
export interface ReadRoles {
  readonly catalogue: Pick<
    Catalogue,
    'topic' | 'namedTopics' | 'stream' | 'streams' | 'namedStreams' | 'definitions' | 'recentStreams'
  >;
  readonly log: Pick<EventLog, 'read' | 'resolve'>;
  readonly parameters: Pick<ParameterStore, 'readPackages' | 'readSamples' | 'aggregateSamples' | 'seenParameters'>;
  readonly rows: Pick<RowStore, 'quarantinedRows' | 'quarantinedRowAt' | 'readRows' | 'readQuarantine' | 'resolveRows'>;
  readonly view: Pick<SqliteView, 'tryRetention'>;
}

/** What a store tells its observers of the topics that it has views of. */
export type Told =
  | { readonly kind: 'onAdvance' | 'onQuarantine'; readonly ends: ReadonlyMap<string, Position> }
  | { readonly kind: 'onChange'; readonly changes: CatalogueChanges }
  | { readonly kind: 'onRemove'; readonly topic: string };
