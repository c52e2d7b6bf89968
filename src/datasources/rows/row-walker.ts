import { WriterHubError } from '../../errors';
import { JSON_BYTES } from '../../json/json-bytes';
import { remedyFor } from '../../json/json-remedy';
import { MalformedRow, RowCursor } from './row-cursor';
import { type IsTooLong, TakesTooLong } from './takes-too-long';

const { OPEN_ARRAY, CLOSE_ARRAY } = JSON_BYTES;

/** How many rows are read between two looks at the clock; a power of 2. */
const ROWS_BETWEEN_LOOKS = 16;

/** How many rows that are not JSON are told what to do about it. */
const MOST_REMEDIES = 100;

const SEVERAL_ROWS = 'put each object on a line of its own, or send format=json';

/** Walks the rows of a body; subclasses decide what happens to each. */
export abstract class RowWalker extends RowCursor {
  /** The number of the current row, from 1; blank lines do not count. */
  protected row = 0;
  /** Asked every few rows. */
  protected isTooLong: IsTooLong | undefined;
  /** Why the first row that is not JSON is refused, and whether any row is JSON. */
  #firstError: WriterHubError | undefined;
  #parsed = false;
  #malformedRows = 0;

  /** Reads a row that is nested in `depth` arrays, and returns the offset behind it. */
  protected abstract readRow(start: number, depth: number): number;

  /** Called when a row has been read and its line contains nothing else. */
  protected abstract finishRow(start: number, end: number): void;

  /** Called with a row that is not JSON: the whole of its line. */
  protected abstract handleMalformedRow(start: number, end: number, error: MalformedRow): void;

  /**
   * Walks all rows. Throws `invalid_rows` when there is none, and `malformed_json` when no line is JSON or, with the
   * format `json`, when any part of the body is not; `TakesTooLong` when `isTooLong` says so.
   */
  protected walk(): void {
    const first = this.firstRow();
    if (this.format === 'ndjson') this.#walkLines(first);
    else this.#walkValues(first);
    if (this.row === 0) throw new WriterHubError('invalid_rows', 'the body holds no rows');
    if (!this.#parsed && this.#firstError !== undefined) throw this.#firstError;
  }

  #walkLines(first: number): void {
    for (let at = first; at < this.text.length;) {
      this.#beginRow();
      at = this.skipBlank(this.#walkLine(at));
    }
  }

  #beginRow(): void {
    this.row++;
    if (this.row % ROWS_BETWEEN_LOOKS === 0 && this.isTooLong?.() === true) throw new TakesTooLong();
  }

  #walkLine(start: number): number {
    try {
      const end = this.readRow(start, 0);
      const lineEnd = this.checkLineEnd(end);
      this.#parsed = true;
      this.finishRow(start, end);
      return lineEnd;
    } catch (error) {
      if (!(error instanceof MalformedRow)) throw error;
      this.#addRemedy(error);
      this.#firstError ??= notJson(error);
      const lineEnd = this.lineEnd(start);
      this.handleMalformedRow(start, lineEnd, error);
      return lineEnd;
    }
  }

  #walkValues(first: number): void {
    try {
      for (let at = first; at < this.text.length; at = this.skipBlank(at)) {
        at = this.text[at] === OPEN_ARRAY ? this.#walkElements(at) : this.#walkValue(at, 0);
      }
    } catch (error) {
      if (!(error instanceof MalformedRow)) throw error;
      this.#addRemedy(error);
      throw this.#parsed ? malformed(error) : notJson(error);
    }
  }

  /** Looking for a remedy takes longer than reading a short row, so that only the first ones get theirs. */
  #addRemedy(error: MalformedRow): void {
    if (++this.#malformedRows > MOST_REMEDIES) return;
    error.reason += remedyFor(this.text, error.position, SEVERAL_ROWS);
  }

  #walkElements(start: number): number {
    let at = this.skipBracket(start, 1);
    if (this.text[at] === CLOSE_ARRAY) return at + 1;
    for (;;) {
      at = this.skipToSeparator(this.#walkValue(at, 1), CLOSE_ARRAY);
      if (this.text[at] === CLOSE_ARRAY) return at + 1;
      at = this.skipSpace(at + 1);
    }
  }

  #walkValue(start: number, depth: number): number {
    this.#beginRow();
    const end = this.readRow(start, depth);
    this.#parsed = true;
    this.finishRow(start, end);
    return end;
  }
}

function malformed({ position, reason }: MalformedRow): WriterHubError {
  return new WriterHubError('malformed_json', `malformed JSON at byte ${position}: ${reason}`, { position });
}

/** Not even the first row is JSON. */
function notJson({ position, reason }: MalformedRow): WriterHubError {
  return new WriterHubError('malformed_json', `the text is not JSON (byte ${position}): ${reason}`, { position });
}
