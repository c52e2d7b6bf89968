import type { ColumnInfo } from './raw-row';

/** Why a row did not fit. */
export interface RowFault {
  /** The column; empty: the row as a whole. */
  readonly column: string;
  readonly reason: string;
}

/** A quarantined row. */
export interface QuarantinedRow {
  /** Its position, as the server gives it: `q12`. */
  readonly offset: string;
  readonly faults: readonly RowFault[];
  /** As it was sent. */
  readonly raw: string;
  /** `2026-11-27 03:20:49`, UTC. */
  readonly storedAt: string;
}

/** An item of `GET /v0/datasources/{name}/quarantine`. */
export interface QuarantineItem {
  readonly offset: string;
  readonly row: Readonly<Record<string, unknown>>;
}

export function quarantinedRow({ offset, row }: QuarantineItem): QuarantinedRow {
  const columns = textsOf(row['c__error_column']);
  const reasons = textsOf(row['c__error']);
  return {
    offset,
    faults: reasons.map((reason, index) => ({ column: columns[index] ?? '', reason })),
    raw: typeof row['c__row'] === 'string' ? row['c__row'] : '',
    storedAt: typeof row['insertion_date'] === 'string' ? row['insertion_date'] : '',
  };
}

/** An answer to rows that were sent, or sent through again. */
export interface RowsAnswer {
  readonly successful_rows: number;
  readonly quarantined_rows: number;
  readonly errors?: readonly {
    readonly row: number;
    readonly column: string;
    readonly path: string;
    readonly error: string;
  }[];
  readonly unknown_fields?: readonly string[];
}

/** Why a mended row does not fit, from the answer to it. */
export function faultsOf({ errors = [] }: RowsAnswer): readonly RowFault[] {
  return errors.map(({ column, error }) => ({ column, reason: error }));
}

/** What is wrong with the value of a column, in the server's words. */
export function faultAt(faults: readonly RowFault[], { name }: Pick<ColumnInfo, 'name'>): string | undefined {
  return faults.find(({ column }) => column === name)?.reason;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
