import { WriterHubError } from '../errors';
import { JSON_BYTES } from '../json/json-bytes';
import { TextCuts } from '../json/text-cuts';
import type { RowBatch } from '../store/contract/row-store';
import { QuarantineWriter } from './rows/quarantine-writer';
import { RenderedFault, type RowFault } from './rows/row-faults';
import { scanRows, type ScanOptions, type ScannedRows } from './rows/row-scanner';
import type { Schema } from './schema/schema';

/** What became of some quarantined rows that were sent through again, as the texts that a store takes. */
export interface ReplayedPage {
  readonly fitting: RowBatch;
  readonly misfits: RowBatch;
  /** Why rows do not fit, the first of them, each with its index in the page. */
  readonly errors: readonly (RowFault & { readonly index: number })[];
}

/** The most errors that are reported for a page, and for a replay. */
export const MOST_ERRORS = 20;

const COMMA = Buffer.from(',');

/** Checks each of some quarantined rows, given as their bytes, by itself. */
export function replayRows(
  raws: readonly Uint8Array[],
  schema: Schema,
  options: Omit<ScanOptions, 'format'>,
): ReplayedPage {
  const fitting: Uint8Array[] = [];
  const misfits: Uint8Array[] = [];
  const errors: (RowFault & { readonly index: number })[] = [];
  for (const [index, raw] of raws.entries()) {
    const scanned = scanOne(raw, schema.columns.length, () => scanRows(raw, schema, { ...options, format: 'json' }));
    if ('json' in scanned) fitting.push(scanned.json);
    else {
      misfits.push(scanned.misfit);
      const { column, path, error } = scanned.error;
      if (errors.length < MOST_ERRORS) errors.push({ column, path, error, index });
    }
  }
  return { fitting: joined(fitting), misfits: joined(misfits), errors };
}

/** The text of a row that fits, or that of a row to quarantine and why. */
type ScannedRow = { readonly json: Uint8Array } | { readonly misfit: Uint8Array; readonly error: RowFault };

function scanOne(raw: Uint8Array, columns: number, scan: () => ScannedRows): ScannedRow {
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

function joined(rows: readonly Uint8Array[]): RowBatch {
  const cuts = new TextCuts();
  let offset = 0;
  for (const [index, row] of rows.entries()) {
    if (index > 0) cuts.pass(offset++, index);
    offset += row.length;
  }
  const json = Buffer.concat(rows.flatMap((row, index) => (index === 0 ? [row] : [COMMA, row])));
  return { json, count: rows.length, ...cuts.noted };
}
