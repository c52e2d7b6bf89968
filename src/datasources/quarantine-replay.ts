import { WriterHubError } from '../errors';
import { JSON_BYTES } from '../json/json-bytes';
import type { QuarantinedRow, QuarantinedRowId, RowStore } from '../store/contract/row-store';
import type { DataSource } from './data-source';
import { QuarantineWriter } from './rows/quarantine-writer';
import { RenderedFault, type RowFault } from './rows/row-faults';
import { scanRows, type RowError, type ScanOptions, type ScannedRows } from './rows/row-scanner';

/** Rows that are looked at in one go, and stored in one commit. */
const PAGE = 1000;

const MOST_ERRORS = 20;

/** What became of quarantined rows. */
export interface ReplayReport {
  /** Rows that fit now: they have left the quarantine. */
  readonly stored: number;
  /** Rows that still do not fit: they stay in the quarantine, with the reason they do not fit now. */
  readonly left: number;
  /** Why, for the first 20 of them; rows are counted in the order they were quarantined, from 1. */
  readonly errors: readonly RowError[];
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
  { count, ...options }: Omit<ScanOptions, 'format'> & { readonly count: number },
): Promise<ReplayReport> {
  const errors: RowError[] = [];
  let [stored, left] = [0, 0];
  let after: QuarantinedRowId | undefined;
  while (stored + left < count) {
    const limit = Math.min(PAGE, count - stored - left);
    const page = await store.quarantinedRows(name, { ...(after !== undefined && { after }), limit });
    if (page.length === 0) break;
    const fitting: Uint8Array[] = [];
    const misfits: Uint8Array[] = [];
    for (const { raw } of page) {
      const scanned = scanOne(raw, schema.columns.length, () => scanRows(raw, schema, { ...options, format: 'json' }));
      if ('json' in scanned) {
        fitting.push(scanned.json);
        stored++;
      } else {
        misfits.push(scanned.misfit);
        left++;
        if (errors.length < MOST_ERRORS) errors.push({ ...scanned.error, row: stored + left });
      }
    }
    await store.appendRows({
      topic: name,
      schemaVersion,
      rows: { json: joined(fitting), count: fitting.length },
      quarantine: { json: joined(misfits), count: misfits.length },
      replaced: page.map(({ id }) => id),
    });
    after = page.at(-1)!.id;
  }
  return { stored, left, errors };
}

/** The text of a row that fits, or that of a row to quarantine and why. */
type ScannedRow = { readonly json: Uint8Array } | { readonly misfit: Uint8Array; readonly error: RowFault };

const COMMA = Buffer.from(',');

function scanOne(raw: QuarantinedRow['raw'], columns: number, scan: () => ScannedRows): ScannedRow {
  const wholeRow = (reason: string): ScannedRow => refuseWhole(raw, columns, reason);
  // As a document of its own an array would be taken for the rows in it.
  if (!startsWithObject(raw)) return wholeRow('the row is not a JSON object');
  let scanned: ScannedRows;
  try {
    scanned = scan();
  } catch (error) {
    if (!(error instanceof WriterHubError)) throw error;
    return wholeRow(error.message);
  }
  const { rows, quarantine, errors } = scanned;
  if (rows.count + quarantine.count > 1) return wholeRow('there is more than one JSON object');
  const [error] = errors;
  return error === undefined ? { json: rows.json } : { misfit: quarantine.json, error };
}

/** A row no column of which can be told. */
function refuseWhole(raw: Uint8Array, columns: number, reason: string): ScannedRow {
  const error = { column: '', path: '$', error: reason };
  // The store bounds what a page of raw rows holds.
  const writer = new QuarantineWriter(Infinity, 1);
  writer.add(1, Buffer.from(raw), [new RenderedFault('', '$', reason)], (out) => {
    out.ascii(JSON.stringify(Array(columns).fill(null)));
  });
  return { misfit: writer.batch().json, error };
}

function startsWithObject(raw: Uint8Array): boolean {
  const { SPACE, OPEN_OBJECT } = JSON_BYTES;
  return raw.find((byte) => byte > SPACE) === OPEN_OBJECT;
}

function joined(rows: readonly Uint8Array[]): Buffer {
  return Buffer.concat(rows.flatMap((row, index) => (index === 0 ? [row] : [COMMA, row])));
}
