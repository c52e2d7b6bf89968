import type { ResultColumn, Row } from '../result-column';

/** What the writer of a result needs. */
export interface FormatOptions {
  readonly columns: readonly ResultColumn[];
  /** Whether integers of 64 bits and more are in quotes in JSON. */
  readonly quoteLargeIntegers: boolean;
  /** Seconds since the query began. */
  elapsed(): number;
}

/** Writes the text of one result: `start`, then each row, then `end`, and last the `preamble`. */
export interface ResultText {
  start(): string;
  row(row: Row): string;
  end(rows: number, bytes: number): string;
  /** Text that belongs before all else and is known only at the end. */
  preamble(): string;
}
