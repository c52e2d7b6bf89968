import type { QuarantineBatch } from '../../store/contract/row-store';
import { TextCuts } from '../../json/text-cuts';
import { TextWriter } from '../../json/text-writer';
import { rowsTooLarge } from './rows-too-large';
import { tooManyBadRows } from './too-many-bad-rows';
import type { RenderedFault, RowFault } from './row-faults';

/** The most faults that the response to a request lists. */
const MOST_LISTED = 20;

/** Why a row does not fit its schema. */
export interface RowError extends RowFault {
  /** The number of the row, from 1; blank lines do not count. */
  readonly row: number;
}

/** Collects the rows that do not fit, as the text that a store takes. */
export class QuarantineWriter {
  /** The first faults of the rows collected so far. */
  readonly errors: RowError[] = [];
  readonly #out: TextWriter;
  readonly #cuts = new TextCuts();
  #count = 0;
  readonly #mostRows: number;

  /** `mostRows`: the most rows; `add` throws `message_too_large` for one more. */
  constructor(maxBytes: number, mostRows: number) {
    this.#mostRows = mostRows;

    this.#out = new TextWriter(0, maxBytes, rowsTooLarge);
  }

  /**
   * Adds a row by its number, its bytes and its faults. `writeOriginals` writes the JSON array of its original values,
   * each a string or null.
   */
  add(row: number, raw: Buffer, faults: readonly RenderedFault[], writeOriginals: (out: TextWriter) => void): void {
    if (this.#count === this.#mostRows) throw tooManyBadRows(this.#mostRows, this.errors[0]);
    for (const { column, path, error } of faults) {
      if (this.errors.length < MOST_LISTED) this.errors.push({ row, column, path, error });
    }
    const out = this.#out;
    if (this.#count > 0) this.#cuts.pass(out.length, this.#count);
    out.ascii(this.#count++ > 0 ? ',["' : '["');
    out.ascii(raw.toString('base64'));
    out.text(texts(faults));
    writeOriginals(out);
    out.ascii(']');
  }

  batch(): QuarantineBatch {
    return { json: this.#out.written(), count: this.#count, ...this.#cuts.noted };
  }
}

/** The quote that ends the row's bytes, the arrays of columns and of reasons, and the comma behind them. */
function texts(faults: readonly RenderedFault[]): string {
  let columns = '';
  let reasons = '';
  for (const { columnText, errorText } of faults) {
    columns += columns === '' ? columnText : `,${columnText}`;
    reasons += reasons === '' ? errorText : `,${errorText}`;
  }
  return `",[${columns}],[${reasons}],`;
}
