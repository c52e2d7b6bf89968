import type { SqlColumn } from '../../contract/sql-engine';
import type { Failure } from '../channel/messages';

/** What a query process is started with. */
export interface ProcessSettings {
  readonly databaseFile: string;
  /** How long it waits for a lock, milliseconds. */
  readonly busyTimeout: number;
  /** Memory it may take for a query, besides what it has when it is ready. */
  readonly maxMemoryBytes: number;
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Server → query process, a line of JSON each. */
export type QueryRequest =
  | { readonly kind: 'query'; readonly sql: string; readonly format: string; readonly quoteLargeIntegers: boolean }
  | { readonly kind: 'access'; readonly access: NameAccess };

/** What the query process needs to know of a name: the answer to an `ask`. */
export interface NameAccess {
  readonly mayRead: boolean;
  /** Of a data source that may be read. */
  readonly columns?: readonly SqlColumn[];
}

/** A name in a query, and what is stored under it. */
export interface NameQuestion {
  readonly name: string;
  /** The data source whose quarantine it names. */
  readonly quarantineOf?: string;
  /** Of a data source. */
  readonly definition?: string;
}

/** Kinds of frames a query process sends; `body` holds bytes of the result, the others JSON. */
export const FRAME_KINDS = { ready: 1, ask: 2, body: 3, done: 4, failed: 5 } as const;

/** Payload of `done`: what stands in front of the body. */
export interface QueryDone {
  readonly front: string;
}

/** Payload of `failed`. */
export type QueryFailed = Failure;

/** Worker thread → main thread of the query process. */
export type WorkerNews = 'ready' | 'idle';

/** What a process that took too much memory leaves on stderr. */
export const MEMORY_MARK = 'The query took more memory than it may.';
