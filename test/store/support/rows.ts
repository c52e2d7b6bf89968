import { createHash } from 'node:crypto';
import type {
  Claim,
  ColumnStorage,
  DataSourceInfo,
  EventStore,
  QuarantineBatch,
  RowBatch,
  RowsAppend,
} from '../../../src/store/event-store';

/** What a data source holds, read past the store: rows as offset, unknown fields and values; quarantined rows whole. */
export interface Contents {
  readonly rows: readonly (readonly unknown[])[];
  readonly quarantine: readonly Quarantined[];
}

/** A quarantined row as a test writes it down. */
export interface Quarantined {
  readonly raw: Uint8Array;
  readonly columns: readonly string[];
  readonly reasons: readonly string[];
  readonly originals: readonly (string | null)[];
}

export const nothing: RowBatch = { json: new Uint8Array(), count: 0 };

/** A batch of rows that are written down as JSON. */
export function rowTexts(...rows: string[]): RowBatch {
  return { json: Buffer.from(rows.join(',')), count: rows.length };
}

/** A batch of rows as the row scanner would hand it over: each its unknown fields, then its values. */
export function rowsOf(...rows: (readonly unknown[])[]): RowBatch {
  return rowTexts(...rows.map((row) => JSON.stringify(row)));
}

/** Rows of one column with these values and no unknown fields. */
export function values(...values: unknown[]): RowBatch {
  return rowsOf(...values.map((value) => [null, value]));
}

/** A batch of quarantined rows as the row scanner would hand it over. */
export function quarantineOf(...rows: Quarantined[]): QuarantineBatch {
  return rowsOf(
    ...rows.map(({ raw, columns, reasons, originals }) => [
      Buffer.from(raw).toString('base64'),
      columns,
      reasons,
      originals,
    ]),
  );
}

/** A quarantined row with this raw text that failed at the column `c`. */
export function failedRow(raw: string): Quarantined {
  return { raw: Buffer.from(raw), columns: ['c'], reasons: [`${raw} does not fit`], originals: [raw] };
}

/** Makes data source `d`, or another, with columns of these storages. */
export async function createSource(
  store: EventStore,
  storages: readonly ColumnStorage[] = ['any'],
  name = 'd',
): Promise<void> {
  const columns = storages.map((storage, index) => ({ name: `column ${index}`, storage }));
  await store.createDataSource({ name, definition: `definition of ${name}`, columns });
}

/** Appends to data source `d`, which has one column, or as is said; gives the answer of an earlier claim. */
export async function sendRows(store: EventStore, append: Partial<RowsAppend>): Promise<string | undefined> {
  const whole = { topic: 'd', columns: 1, rows: nothing, quarantine: nothing, ...append };
  return (await store.appendRows(whole)).answer;
}

/** A claim of a key for a body, for an hour. */
export function claimOf(key: string, body: string, claim: Partial<Claim> = {}): Claim {
  const fingerprint = createHash('sha256').update(body).digest();
  return { key, fingerprint, answer: `stored ${body}`, expiresAt: Date.now() + 3_600_000, ...claim };
}

/** What the store says of a data source. */
export async function infoOf(store: EventStore, name = 'd'): Promise<DataSourceInfo & { readonly nextOffset: number }> {
  const topic = (await store.topics({ limit: 1000 })).find((topic) => topic.name === name);
  if (topic?.dataSource === undefined) throw new Error(`There is no data source ${name}.`);
  return { ...topic.dataSource, nextOffset: topic.nextOffset };
}

/** An integer as a number where that is exact. */
export function plain(value: unknown): unknown {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
