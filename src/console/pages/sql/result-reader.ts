/** A column of a result, as the server names its type. */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
}

/** What stands behind the rows of a result. */
export interface ResultEnd {
  readonly rows: number;
  readonly statistics: { readonly elapsed: number; readonly rows_read: number; readonly bytes_read: number };
}

/** Told of what is read, in order. */
export interface ResultListener {
  onColumns(columns: readonly ResultColumn[]): void;
  /** JSON text of the array of its values, each number with its digits. */
  onRow(text: string): void;
}

/** A result that ends before it is complete, or is not of `FORMAT JSONCompact`. */
export class BrokenResult extends Error {}

/**
 * Reads a result in `FORMAT JSONCompact` piece by piece, so that neither all of its text nor all of its rows are ever
 * held. Pieces may end anywhere.
 */
export class ResultReader {
  readonly #listener: ResultListener;
  /** The document without its rows. */
  #frame = '';
  /** What is read of the present row. */
  #row = '';
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #isInRows = false;

  constructor(listener: ResultListener) {
    this.#listener = listener;
  }

  push(piece: string): void {
    let from = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const sign = piece.charCodeAt(at);
      if (this.#isInText) {
        this.#passText(sign);
      } else if (sign === QUOTE) {
        this.#isInText = true;
      } else if (sign === OPEN_ARRAY || sign === OPEN_OBJECT) {
        this.#depth += 1;
        if (this.#isInRows && this.#depth === ROW_DEPTH) from = at;
        if (!this.#isInRows && this.#depth === ROWS_DEPTH) {
          this.#frame += piece.slice(from, at + 1);
          from = at + 1;
          this.#enterRows();
        }
      } else if (sign === CLOSE_ARRAY || sign === CLOSE_OBJECT) {
        this.#depth -= 1;
        if (this.#isInRows && this.#depth === ROWS_DEPTH) {
          this.#listener.onRow(this.#row + piece.slice(from, at + 1));
          this.#row = '';
          from = at + 1;
        }
        if (this.#isInRows && this.#depth < ROWS_DEPTH) {
          this.#isInRows = false;
          from = at;
        }
      }
    }
    const rest = piece.slice(from);
    if (!this.#isInRows) this.#frame += rest;
    else if (this.#depth >= ROW_DEPTH) this.#row += rest;
  }

  /** What stands behind the rows. Throws `BrokenResult` if that is not there. */
  end(): ResultEnd {
    if (this.#depth !== 0 || this.#frame === '') throw new BrokenResult('the result was cut off');
    const { rows, statistics } = parseFrame(this.#frame) as ResultEnd;
    return { rows, statistics };
  }

  #passText(sign: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (sign === BACKSLASH) this.#isEscaped = true;
    else if (sign === QUOTE) this.#isInText = false;
  }

  /** At the array of the rows; that of the columns comes before it. */
  #enterRows(): void {
    if (!this.#frame.endsWith('"data":[')) return;
    this.#isInRows = true;
    this.#listener.onColumns((parseFrame(`${this.#frame}]}`) as { meta: ResultColumn[] }).meta);
  }
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** How deep the array of the rows, and each of the rows, lies in the document. */
const ROWS_DEPTH = 2;
const ROW_DEPTH = 3;

function parseFrame(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new BrokenResult('the answer is not a result', { cause: error });
  }
}
