import { WriterHubError } from '../errors';
import type { Position } from '../store/contract/position';
import type { QuarantinedRowId, RowStore } from '../store/contract/row-store';
import type { DataSource } from './data-source';
import { MOST_ERRORS, type ReplayedPage, replayRows } from './quarantine-page';
import type { RowWork } from './row-work';
import type { RowError, ScanOptions } from './rows/row-scanner';
import type { Schema } from './schema/schema';

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

interface CheckOptions extends Omit<ScanOptions, 'format'> {
  /** What checks a page of rows; absent: the main thread does. */
  readonly work?: RowWork | undefined;
  /** Whose work it is. */
  readonly holder: string;
}

export interface ReplayOptions extends CheckOptions {
  /** How many rows are sent through again. */
  readonly count: number;
}

/** One quarantined row that is sent through again. */
export interface RowReplayOptions extends CheckOptions {
  /** Where it is, as a reader of the quarantine is told. */
  readonly position: Position;
  /** What takes its place, mended by hand; absent: the row as it was sent. */
  readonly mended?: Uint8Array | undefined;
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
  { count, ...options }: ReplayOptions,
): Promise<ReplayReport> {
  const errors: RowError[] = [];
  let [stored, left] = [0, 0];
  let after: QuarantinedRowId | undefined;
  while (stored + left < count) {
    const limit = Math.min(PAGE, count - stored - left);
    const page = await store.quarantinedRows(name, { ...(after !== undefined && { after }), limit });
    if (page.length === 0) break;
    const replayed = await check(
      page.map(({ raw }) => raw),
      schema,
      options,
    );
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

/**
 * Sends one quarantined row through again, or a mended one in its place. If that fits, it is stored and the quarantined
 * row removed in one commit; if not, all stays as it was, and the report says why. Rejects with `not_found` if the row
 * was replayed before, and with `position_gone` if the quarantine was emptied.
 */
export async function replayQuarantinedRow(
  store: RowStore,
  { name, schema, schemaVersion }: DataSource,
  { position, mended, ...options }: RowReplayOptions,
): Promise<ReplayReport> {
  const found = await store.quarantinedRowAt(name, position);
  if (found === undefined) {
    throw new WriterHubError(
      'not_found',
      `the quarantine of ${name} has no row at ${position}; it was replayed before`,
    );
  }
  const { fitting, misfits, errors } = await check([mended ?? found.raw], schema, options);
  if (fitting.count === 0)
    return { stored: 0, left: 1, errors: errors.map(({ index, ...error }) => ({ ...error, row: index + 1 })) };
  await store.appendRows({ topic: name, schemaVersion, rows: fitting, quarantine: misfits, replaced: [found.id] });
  return { stored: fitting.count, left: 0, errors: [] };
}

async function check(
  raws: readonly Uint8Array[],
  schema: Schema,
  { work, holder, ...options }: CheckOptions,
): Promise<ReplayedPage> {
  return work === undefined ? replayRows(raws, schema, options) : work.replayRows({ raws, schema, options, holder });
}
