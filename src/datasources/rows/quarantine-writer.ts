import type { QuarantineBatch } from '../../store/contract/row-store';
import { TextWriter } from '../../json/text-writer';
import { rowsTooLarge } from './rows-too-large';
import { tooManyBadRows } from './too-many-bad-rows';
import type { KnownFault, RowFault } from './row-faults';

/** Most faults that the answer to a request lists. */
const MOST_LISTED = 20;

/** Why a row did not fit. */
export interface RowError extends RowFault {
  /** Counted from 1, blank lines left out. */
  readonly row: number;
}

/** Gathers the rows that do not fit, as the text a store takes. */
export class QuarantineWriter {
  /** Why rows did not fit, the first few faults. */
  readonly errors: RowError[] = [];
  readonly #out: TextWriter;
  #count = 0;
  readonly #mostRows: number;

  /** `mostRows`: with one row more, `add` throws `message_too_large`. */
  constructor(maxBytes: number, mostRows: number) {
    this.#mostRows = mostRows;

    this.#out = new TextWriter(0, maxBytes, rowsTooLarge);
  }

  /** Takes a row: its number, its bytes, its faults, and what writes the JSON array of its original values, each a string or null. */
  add(row: number, raw: Buffer, faults: readonly KnownFault[], writeOriginals: (out: TextWriter) => void): void {
    if (this.#count === this.#mostRows) throw tooManyBadRows(this.#mostRows, this.errors[0]);
    for (const { column, path, error } of faults) {
      if (this.errors.length < MOST_LISTED) this.errors.push({ row, column, path, error });
    }
    const out = this.#out;
    out.ascii(this.#count++ > 0 ? ',["' : '["');
    out.ascii(raw.toString('base64'));
    out.text(texts(faults));
    writeOriginals(out);
    out.ascii(']');
  }

  batch(): QuarantineBatch {
    return { json: this.#out.written(), count: this.#count };
  }
}

/** The end of the text before, the arrays of columns and of reasons, and the comma behind them. */
function texts(faults: readonly KnownFault[]): string {
  let columns = '';
  let reasons = '';
  for (const { columnText, errorText } of faults) {
    columns += columns === '' ? columnText : `,${columnText}`;
    reasons += reasons === '' ? errorText : `,${errorText}`;
  }
  return `",[${columns}],[${reasons}],`;
}
