import { excerptBytes } from '../../json/excerpt';
import type { CompiledColumn } from './compiled-schema';
import { refusalHint } from './refusal-hint';

/** The most faults that are reported for one row. */
const MOST = 20;

/** What is wrong with a row. */
export interface RowFault {
  /** Empty when the row as a whole does not fit. */
  readonly column: string;
  readonly path: string;
  readonly error: string;
}

/** A fault with its JSON texts, which are rendered once: a great many rows often have the same fault. */
export class RenderedFault implements RowFault {
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

/** Collects the first faults of the current row. */
export class RowFaults {
  #faults: RenderedFault[] = [];
  readonly #missingByColumn: RenderedFault[] = [];
  readonly #nullByColumn: RenderedFault[] = [];
  /** The last fault of a row as a whole. */
  #last = new RenderedFault('', '', '');
  readonly #text: Buffer;

  /** `text`: the text that the rows are read from. */
  constructor(text: Buffer) {
    this.#text = text;
  }

  /** Whether the row has no fault so far. */
  get isEmpty(): boolean {
    return this.#faults.length === 0;
  }

  /** Whether no more faults are reported for the row. */
  get full(): boolean {
    return this.#faults.length >= MOST;
  }

  /** Returns the faults and starts again without any. */
  take(): RenderedFault[] {
    const faults = this.#faults;
    this.#faults = [];
    return faults;
  }

  /** The row as a whole does not fit. */
  addRowFault(path: string, error: string): void {
    if (this.full) return;
    if (this.#last.error !== error || this.#last.path !== path) this.#last = new RenderedFault('', path, error);
    this.#faults.push(this.#last);
  }

  /** A column has no value, and needs one. */
  addMissing(column: CompiledColumn): void {
    if (!this.full) this.#faults.push((this.#missingByColumn[column.index] ??= missingFault(column)));
  }

  /** The value of a column is null, and may not be. */
  addNull(column: CompiledColumn): void {
    if (!this.full) this.#faults.push((this.#nullByColumn[column.index] ??= nullFault(column)));
  }

  /** The value between two offsets is not of the type of its column. An empty `reason`: it is looked for. */
  addWrongType({ name, path, type }: CompiledColumn, reason: string, start: number, end: number): void {
    if (this.full) return;
    const shown = excerptBytes(this.#text, start, end);
    const why = reason === '' ? refusalHint(type, this.#text, start) : reason;
    const error = `value ${shown} on column '${name}' is not ${type.text}${why === '' ? '' : `: ${why}`}`;
    this.#faults.push(new RenderedFault(name, path, error));
  }
}

function missingFault({ name, path, type }: CompiledColumn): RenderedFault {
  // The wording is Tinybird's.
  const advice = 'you should send a value or recreate the table with a Nullable column type';
  const missing = `Strict type checking failed. Object does not have column '${name}', ${advice}.`;
  const error = `${missing} While accessing jsonpath '${path}'. Or push the schema with Nullable(${type.text}) there`;
  return new RenderedFault(name, path, error);
}

function nullFault({ name, path, type }: CompiledColumn): RenderedFault {
  const error = `value null on column '${name}' is not ${type.text}; the column is not Nullable and has no DEFAULT`;
  return new RenderedFault(name, path, error);
}
