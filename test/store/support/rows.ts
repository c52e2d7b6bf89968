import { createHash } from 'node:crypto';
import type { IdempotencyRecord } from '../../../src/store/contract/idempotency';
import type { QuarantineBatch, RowBatch } from '../../../src/store/contract/row-store';

/** What a data source holds, read past the store: rows as position, unknown fields and values; quarantined ones whole. */
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

/** The idempotency record of a body, for an hour. */
export function recordOf(key: string, body: string, record: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  const fingerprint = createHash('sha256').update(body).digest();
  return { key, subject: '', fingerprint, answer: `stored ${body}`, expiresAt: Date.now() + 3_600_000, ...record };
}

/** An integer as a number where that is exact. */
export function plain(value: unknown): unknown {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
