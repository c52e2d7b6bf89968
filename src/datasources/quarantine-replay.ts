import type { QuarantinedRowId, RowStore } from '../store/contract/row-store';
import type { DataSource } from './data-source';
import { MOST_ERRORS, replayRows } from './quarantine-page';
import type { RowWork } from './row-work';
import type { RowError, ScanOptions } from './rows/row-scanner';

/** Rows that are looked at in one go, and stored in one commit. */
const PAGE = 1000;

/** What became of quarantined rows. */
export interface ReplayReport {
  /** Rows that fit now: they have left the quarantine. */
  readonly stored: number;
  /** Rows that still do not fit: they stay in the quarantine, with the reason they do not fit now. */
  readonly left: number;
  /** Why, for the first 20 of them; rows are counted in the order they were quarantined, from 1. */
  readonly errors: readonly RowError[];
}

export interface ReplayOptions extends Omit<ScanOptions, 'format'> {
  /** How many rows are sent through again. */
  readonly count: number;
  /** What checks a page of rows; absent: the main thread does. */
  readonly work?: RowWork | undefined;
  /** Whose work it is. */
  readonly holder: string;
}

/**
 * Sends the first `count` quarantined rows of a data source through again: as many as it has, so that those which are
 * put back behind them are not met again. A row leaves its place in the commit that stores it or puts it back, so that
 * it is there once, wherever the replay is interrupted; nothing else may take rows out of the quarantine at the same
 * time.
 */
export async function replayQuarantine(
  store: RowStore,
  { name, schema, schemaVersion }: DataSource,
  { count, work, holder, ...options }: ReplayOptions,
): Promise<ReplayReport> {
  const errors: RowError[] = [];
  let [stored, left] = [0, 0];
  let after: QuarantinedRowId | undefined;
  while (stored + left < count) {
    const limit = Math.min(PAGE, count - stored - left);
    const page = await store.quarantinedRows(name, { ...(after !== undefined && { after }), limit });
    if (page.length === 0) break;
    const raws = page.map(({ raw }) => raw);
    const replayed =
      work === undefined ? replayRows(raws, schema, options) : await work.replayRows({ raws, schema, options, holder });
    for (const { index, ...error } of replayed.errors) {
      if (errors.length < MOST_ERRORS) errors.push({ ...error, row: stored + left + index + 1 });
    }
    stored += replayed.fitting.count;
    left += replayed.misfits.count;
    await store.appendRows({
      topic: name,
      schemaVersion,
      rows: replayed.fitting,
      quarantine: replayed.misfits,
      replaced: page.map(({ id }) => id),
    });
    after = page.at(-1)!.id;
  }
  return { stored, left, errors };
}
