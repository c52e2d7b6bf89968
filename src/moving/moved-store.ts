import type { Position } from '../store/contract/position';
import type { Store } from '../store/contract/store';

/** The roles of a store that it is copied by. */
export type MovedStore = Pick<Store, 'log' | 'catalogue' | 'parameters' | 'rows' | 'tokens'>;

/** A store whose contents are read, of whatever engine. */
export interface ReadableStore {
  readonly store: MovedStore;
  /** Whether a position of a topic in this store lies before another one. */
  readonly isBefore: (one: Position, other: Position) => boolean;
}

/** What is copied, and to where. */
export interface Move {
  readonly source: ReadableStore;
  readonly target: ReadableStore;
  /** Aborted: the move rejects with the reason, and can be gone on with later. */
  readonly signal: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Entries of a lane are stored together up to about so many characters. Default 256 Ki. */
  readonly batchCharacters?: number;
}

/** What is being done: each of them goes through all of the source, `checking` through what the target has of it. */
export type MovePhase = 'checking' | 'copying' | 'comparing';

/** Told how many events, rows and packages more are done. */
export type OnProgress = (phase: MovePhase, entries: EntryCounts) => void;

/** How many there are of what topics and data sources hold. */
export interface EntryCounts {
  readonly events: number;
  readonly packages: number;
  readonly rows: number;
  readonly quarantinedRows: number;
}

/** One store cannot be brought into another: nothing was written. */
export class OtherContent extends Error {
  override readonly name = 'OtherContent';
}
