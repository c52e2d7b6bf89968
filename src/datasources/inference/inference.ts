import { isUtf8 } from 'node:buffer';
import { WriterHubError } from '../../errors';
import { JSON_BYTES } from '../../json/json-bytes';
import { checkColumns, checkSchemaText, renderDataSourceFile } from '../definition/datasource-file';
import { FieldGuess } from './field-guess';
import { guessColumns } from './guessed-columns';
import { digitsOf, isExactDouble } from '../../json/decimal-text';
import { notAnObject } from '../rows/not-an-object';
import type { MalformedRow, RowFormat } from '../rows/row-cursor';
import { RowWalker } from '../rows/row-walker';
import type { IsTooLong } from '../rows/takes-too-long';
import type { Schema } from '../schema/schema';
import { schemaError } from '../schema/schema-error';
import { TimeText } from '../schema/time-text';
import { MOST_BAD_ROWS, tooManyBadRows } from '../rows/too-many-bad-rows';

const { QUOTE, LETTER_F, LETTER_N, LETTER_T } = JSON_BYTES;
const { OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;

/** Integers of this many characters are exact in a double. */
const EXACT_LENGTH = 15;

/** There is no type for integers of more characters. */
const MAX_LENGTH = 80;

/** The most digits of a fraction of a second that a type keeps. */
const FINEST_PRECISION = 9;

/** The rows may have this many times more fields than columns: fields that are always null get no column. */
const FIELDS_PER_COLUMN = 4;

/** The way out for rows with more fields than there may be columns. */
const WHOLE_ROW = 'with one column for the whole row: event JSON `json:$`';

export interface InferenceOptions {
  readonly format: RowFormat;
  /** The deepest nesting of arrays and objects. */
  readonly maxDepth: number;
  /** The most columns that the schema may have. */
  readonly maxColumns: number;
  /** Columns of fewer rows are not required: those to come may be of another kind. Default: 1. */
  readonly requiredFrom?: number;
  /** The longest text of the schema, in bytes. Default: any. */
  readonly maxSchemaBytes?: number;
  /** The most rows that may be left out because they would be quarantined. Default: 100,000. */
  readonly maxQuarantined?: number;
  /** Asked every few rows; once it says yes, `TakesTooLong` is thrown. */
  readonly isTooLong?: IsTooLong | undefined;
}

/**
 * Infers a schema from all rows of a body; rows that would be quarantined whatever the schema are left out. Throws
 * `invalid_rows` when no row has a field whose type can be guessed, `malformed_json` and `message_too_large` as
 * `scanRows` does, and `invalid_schema` when there would be too many columns.
 */
export function inferSchema(body: Uint8Array, options: InferenceOptions): Schema {
  return new SchemaInference(body, options).infer();
}

/** One inference. */
class SchemaInference extends RowWalker {
  readonly #root = new FieldGuess();
  readonly #time = new TimeText();
  readonly #isUtf8: boolean;
  #fields = 0;
  /** The length of the paths of all fields. */
  #pathLength = 0;
  #leftOut = 0;
  /** Why the first of the rows was left out. */
  #firstReason: { readonly row: number; readonly error: string } | undefined;
  readonly #options: InferenceOptions;

  constructor(body: Uint8Array, options: InferenceOptions) {
    super(body, options.format, options.maxDepth);
    this.#options = options;
    this.#isUtf8 = isUtf8(this.text);
    this.isTooLong = options.isTooLong;
  }

  infer(): Schema {
    this.walk();
    if (this.#root.objects === 0) throw this.#noRow();
    const columns = guessColumns(this.#root, this.#options.requiredFrom);
    if (columns.length === 0) {
      throw new WriterHubError('invalid_rows', 'no row has a field with a value that tells its type');
    }
    const { maxColumns, maxSchemaBytes } = this.#options;
    if (columns.length > maxColumns) throw schemaError(`the rows have ${columns.length} fields; ${wayOut(maxColumns)}`);
    checkColumns(columns, maxColumns);
    if (maxSchemaBytes !== undefined) checkSchemaText(renderDataSourceFile({ columns }), maxSchemaBytes);
    return { columns };
  }

  /** Checks whether a row can be stored at all; `finishRow` then reads it again. */
  protected override readRow(start: number, depth: number): number {
    this.clearFlaw();
    return this.skipOpaque(start, depth);
  }

  protected override finishRow(start: number, end: number): void {
    if (this.text[start] !== OPEN_OBJECT) this.#leaveOut(notAnObject(this.text, start, this.format));
    else if (this.flaw !== undefined) this.#leaveOut(this.flaw);
    else if (!this.#isUtf8 && !isUtf8(this.text.subarray(start, end))) this.#leaveOut('the row is not valid UTF-8');
    else this.#observe(this.#root, start);
  }

  /** A line that is not JSON is left out. */
  protected override handleMalformedRow(start: number, _end: number, { position, reason }: MalformedRow): void {
    this.#leaveOut(`malformed JSON at byte ${position - start}: ${reason}`);
  }

  #leaveOut(error: string): void {
    this.#firstReason ??= { row: this.row, error };
    const most = this.#options.maxQuarantined ?? MOST_BAD_ROWS;
    if (++this.#leftOut > most) throw tooManyBadRows(most, this.#firstReason);
  }

  #noRow(): WriterHubError {
    const { row, error } = this.#firstReason!;
    return new WriterHubError('invalid_rows', `no row can be taken; row ${row}: ${error}`);
  }

  /** Counts a value, and returns the offset behind it. */
  #observe(guess: FieldGuess, at: number): number {
    switch (this.text[at]!) {
      case OPEN_OBJECT:
        guess.objects++;
        return this.#observeMembers(guess, at);
      case OPEN_ARRAY:
        guess.arrays++;
        return this.#observeElements(guess, at);
      case QUOTE:
        return this.#observeString(guess, at);
      case LETTER_T:
      case LETTER_F:
        guess.booleans++;
        return this.skipValue(at, 0);
      case LETTER_N:
        guess.nulls++;
        return this.skipValue(at, 0);
      default:
        return this.#observeNumber(guess, at);
    }
  }

  #observeMembers(guess: FieldGuess, start: number): number {
    let at = this.skipSpace(start + 1);
    if (this.text[at] === CLOSE_OBJECT) return at + 1;
    for (;;) {
      const keyEnd = this.skipString(at);
      const member = this.#member(guess, this.decode(at, keyEnd));
      at = this.skipToSeparator(this.#observe(member, this.skipColon(keyEnd)), CLOSE_OBJECT);
      if (this.text[at] === CLOSE_OBJECT) return at + 1;
      at = this.skipSpace(at + 1);
    }
  }

  #member(guess: FieldGuess, key: string): FieldGuess {
    const known = guess.members.get(key);
    if (known !== undefined) return known;
    const { maxColumns } = this.#options;
    const maxFields = maxColumns * FIELDS_PER_COLUMN;
    if (++this.#fields > maxFields) {
      throw schemaError(`the rows have more than ${maxFields} different fields; ${wayOut(maxColumns)}`);
    }
    const member = new FieldGuess(guess.pathLength + key.length);
    this.#pathLength += member.pathLength;
    const maxLength = (this.#options.maxSchemaBytes ?? Infinity) * FIELDS_PER_COLUMN;
    if (this.#pathLength > maxLength) {
      const reason = `the names of the fields are longer than ${maxLength} bytes with those around them`;
      throw schemaError(`${reason}; make it first, ${WHOLE_ROW}`);
    }
    guess.members.set(key, member);
    return member;
  }

  #observeElements(guess: FieldGuess, start: number): number {
    let at = this.skipSpace(start + 1);
    if (this.text[at] === CLOSE_ARRAY) return at + 1;
    guess.elements ??= new FieldGuess();
    for (;;) {
      at = this.skipToSeparator(this.#observeElement(guess.elements, at), CLOSE_ARRAY);
      if (this.text[at] === CLOSE_ARRAY) return at + 1;
      at = this.skipSpace(at + 1);
    }
  }

  /** The fields of an object in an array get no columns, so they are not counted. */
  #observeElement(guess: FieldGuess, at: number): number {
    if (this.text[at] !== OPEN_OBJECT) return this.#observe(guess, at);
    guess.objects++;
    return this.skipValue(at, 0);
  }

  #observeString(guess: FieldGuess, start: number): number {
    guess.strings++;
    const end = this.skipString(start);
    if (this.escaped) return end;
    if (this.#time.readDate(this.text, start + 1, end - 1)) guess.days++;
    else if (this.#time.readTime(this.text, start + 1, end - 1) && !this.#time.isFinerThan(FINEST_PRECISION)) {
      guess.times++;
      guess.precision = Math.max(guess.precision, this.#time.fractionDigits);
    }
    return end;
  }

  #observeNumber(guess: FieldGuess, start: number): number {
    const end = this.skipNumber(start);
    const written = this.text.toString('latin1', start, Math.min(end, start + MAX_LENGTH));
    const isShort = end - start <= EXACT_LENGTH;
    if (this.fraction || this.exponent || end - start > MAX_LENGTH) guess.addFraction();
    else if (isShort) guess.addInteger(Number(written));
    else guess.addBigInteger(BigInt(written));
    if (isShort && !this.fraction && !this.exponent) guess.addDigits(EXACT_LENGTH, 0, true);
    else this.#observeDigits(guess, this.text.toString('latin1', start, end));
    return end;
  }

  /** Which digits a number has matters where some are too many for a double. */
  #observeDigits(guess: FieldGuess, written: string): void {
    const { whole, fraction } = digitsOf(written);
    guess.addDigits(whole, fraction, isExactDouble(written));
  }
}

function wayOut(maxColumns: number): string {
  const most = `a data source has at most ${maxColumns} columns`;
  return `${most}: raise WRITER_HUB_MAX_COLUMNS, or make it first, ${WHOLE_ROW}`;
}
