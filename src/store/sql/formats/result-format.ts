import type { ResultColumn, Row } from '../result-column';

/** How a result is written. */
export interface FormatOptions {
  readonly columns: readonly ResultColumn[];
  /** Whether integers of 64 bits and more stand in quotes in JSON. */
  readonly quoteLargeIntegers: boolean;
  /** Seconds since the query began. */
  elapsed(): number;
}

/** Text of one result: `start`, then each row, then `end`; at last `front`, which is put before all of it. */
export interface ResultText {
  start(): string;
  row(row: Row): string;
  end(rows: number, bytes: number): string;
  /** What stands at the beginning but is known at the end alone. */
  front(): string;
}
