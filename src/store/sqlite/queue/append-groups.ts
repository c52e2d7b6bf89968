import type { StreamWrite } from '../../contract/store';
import type { Waiting } from './waiting';

/**
 * The appends of one kind in a batch. Appends that follow each other to the same target are joined to groups, each of
 * which the writer stores with one statement. A further kind of append is a further implementation of this.
 */
export interface AppendGroups<Append, Receipt, Columns, Outcomes> {
  /** Number of groups. */
  readonly count: number;
  /** Number of events or rows. */
  readonly records: number;
  /** Bytes of the texts as they are written. */
  readonly bytes: number;
  /** Bytes of memory besides the texts, roughly. */
  readonly weight: number;

  /** Whether an append is to this topic or data source. */
  has(topic: string): boolean;

  /** Adds an append; `record` is the index of its idempotency record, -1 for none. */
  append(append: Append, record: number): Promise<Receipt>;

  /** Appends called from now on are carried out after those called before. */
  endGroups(): void;

  /** Writes the texts from a position on and returns the position behind them. */
  writeTexts(target: Uint8Array, start: number): number;

  /** The groups for the writer, whose texts begin at this position. */
  columns(start: number): Columns;

  /** Tells every caller what became of its append. */
  settle(outcomes: Outcomes): void;

  /** What was stored, and was not before. */
  stored(outcomes: Outcomes): readonly StreamWrite[];

  /** Everybody who waits, in order. */
  callers(): Iterable<Waiting>;
}

/**
 * Appends to one target are joined up to this many bytes: one statement for many small appends, while a large one stays
 * alone.
 */
export const GROUP_BYTES = 256 * 1024;

/** A caller that waits for its append. */
export interface WaitingAppend<Batch, Receipt> extends Waiting<Receipt> {
  readonly batch: Batch;
}

/** All callers of these groups, in order. */
export function* callersOf(groups: readonly { readonly appends: readonly Waiting[] }[]): Iterable<Waiting> {
  for (const { appends } of groups) yield* appends;
}
