import type { SqlColumn } from '../../contract/sql-engine';
import type { Failure, FileId } from '../channel/messages';

/** What a query process is started with. */
export interface ProcessSettings {
  readonly databaseFile: string;
  /** Which file the store has open under that name: no other is read. Absent: any. */
  readonly file?: FileId | undefined;
  /** How long it waits for a lock, in milliseconds. */
  readonly busyTimeout: number;
  /** Bytes of memory that a query may take beyond what the process has when it is ready. */
  readonly maxMemoryBytes: number;
  /** Where its temporary files lie, and how many bytes they may have together; 0: it does without. */
  readonly temporaryDirectory: string;
  readonly maxTemporaryBytes: number;
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Server → query process, each as a line of JSON. */
export type ProcessRequest =
  | { readonly kind: 'query'; readonly sql: string; readonly format: string; readonly quoteLargeIntegers: boolean }
  /** Whether the pages of a table and its indexes are sound; without a table, which tables there are. */
  | { readonly kind: 'check'; readonly table?: string }
  | { readonly kind: 'access'; readonly access: NameAccess };

/** Server → query process: the answer to a `NameQuestion`. */
export interface NameAccess {
  readonly mayRead: boolean;
  /** The columns of a data source that may be read. */
  readonly columns?: readonly SqlColumn[];
}

/** Query process → server: a name in a query, and what is stored under it. */
export interface NameQuestion {
  readonly name: string;
  /** The data source whose quarantine the name stands for. */
  readonly quarantineOf?: string;
  /** The topic whose parameter data the name stands for. */
  readonly parametersOf?: string;
  /** The definition of a data source. */
  readonly definition?: string;
}

/** Query process → server: kinds of frames. `body` holds bytes of the result, the others JSON. */
export const FRAME_KINDS = { ready: 1, ask: 2, body: 3, done: 4, failed: 5 } as const;

/** Payload of `done`. */
export interface QueryDone {
  /** Text that belongs before the body. */
  readonly preamble: string;
}

/** Payload of `failed`. */
export type QueryFailed = Failure;

/** Worker thread → main thread of the query process. */
export type WorkerStatus = 'ready' | 'idle';

/** What a process writes to stderr before it ends because a query took too much memory, or room in files. */
export const MEMORY_LIMIT_MESSAGE = 'the query took more memory than it may';
export const TEMPORARY_LIMIT_MESSAGE = 'the query took more temporary files than it may';
