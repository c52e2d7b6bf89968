import { WriterHubError } from '../errors';
import { jsonBytes } from '../events/json-bytes';
import type { EventStore, QuarantinedRow } from '../store/event-store';
import type { DataSource } from './data-source';
import { scanRows, type RowError, type ScanOptions, type ScannedRows } from './row-scanner';

/** Rows that are looked at in one go, and stored in one commit. */
const PAGE = 1000;

const MOST_ERRORS = 20;

/** What became of quarantined rows. */
export interface ReplayReport {
  /** Rows that fit now: they have left the quarantine. */
  readonly stored: number;
  /** Rows that still do not fit: they stay where they are. */
  readonly left: number;
  /** Why, for the first 20 of them; rows are counted in the order they were quarantined, from 1. */
  readonly errors: readonly RowError[];
}

/**
 * Sends the quarantined rows of a data source through again. A row leaves the quarantine in the commit that stores it, so that it is
 * stored once, wherever the replay is interrupted; two replays of one data source must not run at the same time.
 */
export async function replayQuarantine(
  store: EventStore,
  { name, schema }: DataSource,
  options: Omit<ScanOptions, 'format'>,
): Promise<ReplayReport> {
  const errors: RowError[] = [];
  let [stored, left, after] = [0, 0, 0];
  for (;;) {
    const page = await store.quarantinedRows(name, { after, limit: PAGE });
    if (page.length === 0) return { stored, left, errors };
    const fitting: Uint8Array[] = [];
    const released: number[] = [];
    for (const { offset, raw } of page) {
      const scanned = scanOne(raw, () => scanRows(raw, schema, { ...options, format: 'json' }));
      if ('json' in scanned) {
        fitting.push(scanned.json);
        released.push(offset);
        stored++;
      } else {
        left++;
        if (errors.length < MOST_ERRORS) errors.push({ ...scanned, row: stored + left });
      }
    }
    if (released.length > 0) {
      const rows = { json: joined(fitting), count: fitting.length };
      await store.appendRows({ topic: name, columns: schema.columns.length, rows, quarantine: NONE, released });
    }
    after = page.at(-1)!.offset;
  }
}

const NONE = { json: new Uint8Array(0), count: 0 };

const COMMA = Buffer.from(',');

/** The text of a row, if it is one and fits; else why not. */
function scanOne(raw: QuarantinedRow['raw'], scan: () => ScannedRows): { json: Uint8Array } | Omit<RowError, 'row'> {
  // As a document of its own an array would be taken for the rows in it.
  if (!startsWithObject(raw)) return wholeRow('the row is not a JSON object');
  let scanned: ScannedRows;
  try {
    scanned = scan();
  } catch (error) {
    if (!(error instanceof WriterHubError)) throw error;
    return wholeRow(error.message);
  }
  const [error] = scanned.errors;
  if (error !== undefined) return error;
  if (scanned.rows.count === 1) return { json: scanned.rows.json };
  return wholeRow('there is more than one JSON object');
}

function wholeRow(error: string): Omit<RowError, 'row'> {
  return { column: '', path: '$', error };
}

function startsWithObject(raw: Uint8Array): boolean {
  const { SPACE, OPEN_OBJECT } = jsonBytes;
  return raw.find((byte) => byte > SPACE) === OPEN_OBJECT;
}

function joined(rows: readonly Uint8Array[]): Buffer {
  return Buffer.concat(rows.flatMap((row, index) => (index === 0 ? [row] : [COMMA, row])));
}
