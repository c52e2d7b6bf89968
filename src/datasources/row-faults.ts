import { excerptBytes } from '../events/excerpt';
import type { CompiledColumn } from './compiled-schema';

/** Most faults that are told of one row. */
const MOST = 20;

/** What is wrong with a row. */
export interface RowFault {
  /** Empty when it is the row as a whole that does not fit. */
  readonly column: string;
  readonly path: string;
  readonly error: string;
}

/** What is wrong with the row that is read, the first few faults. */
export class RowFaults {
  private faults: RowFault[] = [];

  /** Whether there is none. */
  get none(): boolean {
    return this.faults.length === 0;
  }

  /** The faults, and from now on none. */
  take(): RowFault[] {
    const { faults } = this;
    this.faults = [];
    return faults;
  }

  /** The row as a whole is wrong. */
  row(path: string, error: string): void {
    this.add({ column: '', path, error });
  }

  /** A column has no value and nothing stands in for it. */
  missing({ name, path }: CompiledColumn): void {
    const advice = 'you should send a value or recreate the table with a Nullable column type';
    const error = `Strict type checking failed. Object does not have column '${name}', ${advice}. While accessing jsonpath '${path}'`;
    this.add({ column: name, path, error });
  }

  /** The value of a column is null and nothing stands in for it. */
  null({ name, path, type }: CompiledColumn): void {
    const error = `value null on column '${name}' is not ${type.text}; the column is not Nullable and has no DEFAULT`;
    this.add({ column: name, path, error });
  }

  /** The value between two offsets is none of the type of its column. `reason` may be empty: the type says enough. */
  misfit({ name, path, type }: CompiledColumn, reason: string, text: Buffer, start: number, end: number): void {
    if (this.faults.length >= MOST) return;
    const shown = excerptBytes(text, start, end);
    const error = `value ${shown} on column '${name}' is not ${type.text}${reason === '' ? '' : `: ${reason}`}`;
    this.add({ column: name, path, error });
  }

  private add(fault: RowFault): void {
    if (this.faults.length < MOST) this.faults.push(fault);
  }
}
