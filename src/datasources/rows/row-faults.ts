import { excerptBytes } from '../../json/excerpt';
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

/** A fault with its JSON texts: very many rows often have the same one. */
export class KnownFault implements RowFault {
  readonly columnText: string;
  readonly errorText: string;

  constructor(
    readonly column: string,
    readonly path: string,
    readonly error: string,
  ) {
    this.columnText = column === '' ? '""' : JSON.stringify(column);
    this.errorText = JSON.stringify(error);
  }
}

/** What is wrong with the row that is read, the first few faults. */
export class RowFaults {
  #faults: KnownFault[] = [];
  readonly #missingOnes: KnownFault[] = [];
  readonly #nullOnes: KnownFault[] = [];
  /** The last fault of a row as a whole. */
  #last = new KnownFault('', '', '');
  readonly #text: Buffer;

  /** `text`: the text that the rows are read from. */
  constructor(text: Buffer) {
    this.#text = text;
  }

  /** Whether there is none. */
  get none(): boolean {
    return this.#faults.length === 0;
  }

  /** Whether no more are told of the row. */
  get full(): boolean {
    return this.#faults.length >= MOST;
  }

  /** The faults, and from now on none. */
  take(): KnownFault[] {
    const faults = this.#faults;
    this.#faults = [];
    return faults;
  }

  /** The row as a whole is wrong. */
  row(path: string, error: string): void {
    if (this.full) return;
    if (this.#last.error !== error || this.#last.path !== path) this.#last = new KnownFault('', path, error);
    this.#faults.push(this.#last);
  }

  /** A column has no value and nothing stands in for it. */
  missing(column: CompiledColumn): void {
    if (!this.full) this.#faults.push((this.#missingOnes[column.index] ??= missingFault(column)));
  }

  /** The value of a column is null and nothing stands in for it. */
  null(column: CompiledColumn): void {
    if (!this.full) this.#faults.push((this.#nullOnes[column.index] ??= nullFault(column)));
  }

  /** The value between two offsets is none of the type of its column. `reason` may be empty: the type says enough. */
  misfit({ name, path, type }: CompiledColumn, reason: string, start: number, end: number): void {
    if (this.full) return;
    const shown = excerptBytes(this.#text, start, end);
    const error = `value ${shown} on column '${name}' is not ${type.text}${reason === '' ? '' : `: ${reason}`}`;
    this.#faults.push(new KnownFault(name, path, error));
  }
}

function missingFault({ name, path }: CompiledColumn): KnownFault {
  const advice = 'you should send a value or recreate the table with a Nullable column type';
  const error = `Strict type checking failed. Object does not have column '${name}', ${advice}. While accessing jsonpath '${path}'`;
  return new KnownFault(name, path, error);
}

function nullFault({ name, path, type }: CompiledColumn): KnownFault {
  const error = `value null on column '${name}' is not ${type.text}; the column is not Nullable and has no DEFAULT`;
  return new KnownFault(name, path, error);
}
