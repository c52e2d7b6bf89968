import { isUtf8 } from 'node:buffer';
import { JSON_BYTES } from '../../json/json-bytes';
import type { ObjectKeys } from '../../json/object-keys';
import { firstInvalidUtf8 } from '../../json/utf8';
import type { QuarantineBatch, RowBatch } from '../../store/contract/row-store';
import { TextCuts } from '../../json/text-cuts';
import { TextWriter } from '../../json/text-writer';
import { type CompiledColumn, type CompiledSchema, compileSchema, type Field, keyBytes } from './compiled-schema';
import { DefaultTexts } from './default-texts';
import { notAnObject } from './not-an-object';
import { QuarantineWriter, type RowError } from './quarantine-writer';
import { RowFaults } from './row-faults';
import type { MalformedRow, RowFormat } from './row-cursor';
import { RowValues } from './row-values';
import { rowsTooLarge } from './rows-too-large';
import { WRONG_TYPE } from './scalar-reader';
import type { Schema } from '../schema/schema';
import { MOST_BAD_ROWS } from './too-many-bad-rows';
import { tooManyRereads } from './too-many-rereads';
import { pathOfUnknown, UnknownFields } from './unknown-fields';
import { ValueReader } from './value-reader';
import type { IsTooLong } from './takes-too-long';

export type { RowError, RowFormat };

const { COMMA, LETTER_N } = JSON_BYTES;
const { OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;

/** The key at an offset is not the expected one. */
const MISMATCH = -1;

/** The texts of rows and of quarantined rows may each take this many times the bytes of the body, or a least limit. */
const GREATEST_GROWTH = 8;

/** The least limit on the text of rows, in bytes. */
const LEAST_LIMIT = 128 * 1024 * 1024;

/** The least limit on the text of quarantined rows, which hold only what was sent and what is wrong with it. */
const LEAST_QUARANTINE_LIMIT = 64 * 1024 * 1024;

const NULL = Buffer.from('null');

export interface ScanOptions {
  readonly format: RowFormat;
  /** The deepest nesting of arrays and objects. */
  readonly maxDepth: number;
  /** The value of `now()`, in milliseconds since the Unix epoch. */
  readonly now: number;
  /**
   * The most bytes that the text of rows, and that of quarantined rows, may take: a short row may lack many columns.
   * Default: 128 MiB, or 64 MiB for quarantined rows; for a large body eight times its bytes.
   */
  readonly maxBytes?: number;
  /** The most rows that may be quarantined. Default: 100,000. */
  readonly maxQuarantined?: number;
  /**
   * How often the bytes of a row may be read again, on average, because columns of different types take the same field,
   * or fields around each other. Default: 8.
   */
  readonly maxRereads?: number;
  /** Asked every few rows; once it says yes, `TakesTooLong` is thrown. */
  readonly isTooLong?: IsTooLong;
}

/** How often the bytes of a row may be read again by default. */
const MOST_REREADS = 8;

export interface ScannedRows {
  readonly rows: RowBatch;
  readonly quarantine: QuarantineBatch;
  /** Why rows do not fit, the first 20 faults. */
  readonly errors: readonly RowError[];
  /** The JSON paths of fields that no column takes, the first 20. */
  readonly unknownFields: readonly string[];
}

/**
 * Checks each row of a body against a schema in one pass over its bytes. Returns the rows that fit and those that do
 * not as the texts that a store takes. Throws `invalid_rows` when there is no row, `malformed_json` when none is JSON
 * (with the format `json`: when anything is not), and `message_too_large` when the texts grow too large or too many
 * rows do not fit.
 */
export function scanRows(body: Uint8Array, schema: Schema, options: ScanOptions): ScannedRows {
  return new RowScanner(body, compileSchema(schema), options).scan();
}

/** One scan. Like `skip…` methods, `scan…` ones take the offset of what they read and return the offset behind it. */
class RowScanner extends ValueReader {
  readonly #out: TextWriter;
  readonly #cuts = new TextCuts();
  #count = 0;
  readonly #quarantine: QuarantineWriter;
  readonly #faults = new RowFaults(this.text);
  readonly #unknown: UnknownFields;
  readonly #defaults: DefaultTexts;
  readonly #defaultText = (index: number): Buffer => this.#defaults.text(index);
  readonly #values: RowValues;
  readonly #writeOriginals = (out: TextWriter): void => {
    this.#values.writeOriginals(out);
  };
  /** The last key that was looked up, as `keyBytes` writes it. */
  #key = '';
  /** Whether the whole text is UTF-8. */
  readonly #isUtf8: boolean;
  /** The id of the current row, different from those of all other rows of the schema. */
  #rowId = 0;
  /** Where the current row begins, and how many bytes have been read again for it. */
  #rowStart = 0;
  #reread = 0;
  readonly #maxRereads: number;
  /** Why the value was refused that the column of an index has read last. */
  readonly #reasons = new Map<number, string>();
  readonly #schema: CompiledSchema;

  constructor(body: Uint8Array, schema: CompiledSchema, options: ScanOptions) {
    const greatest = GREATEST_GROWTH * body.length;
    const maxBytes = options.maxBytes ?? Math.max(LEAST_LIMIT, greatest);
    const maxQuarantineBytes = options.maxBytes ?? Math.max(LEAST_QUARANTINE_LIMIT, greatest);
    super(body, options.format, options.maxDepth, maxBytes);
    this.#schema = schema;
    this.#maxRereads = options.maxRereads ?? MOST_REREADS;
    this.#out = new TextWriter(Math.min(body.length + 256, maxBytes), maxBytes, rowsTooLarge);
    this.#quarantine = new QuarantineWriter(maxQuarantineBytes, options.maxQuarantined ?? MOST_BAD_ROWS);
    this.#unknown = new UnknownFields(this.text, maxBytes);
    this.#defaults = new DefaultTexts(schema, options.now);
    this.#values = new RowValues(schema.slots, this.text, this.scratch);
    this.#isUtf8 = isUtf8(this.text);
    this.isTooLong = options.isTooLong;
  }

  scan(): ScannedRows {
    this.walk();
    return {
      rows: { json: this.#out.written(), count: this.#count, ...this.#cuts.noted },
      quarantine: this.#quarantine.batch(),
      errors: this.#quarantine.errors,
      unknownFields: this.#unknown.named,
    };
  }

  /** Quarantines a line that is not JSON. */
  protected override handleMalformedRow(start: number, end: number, { position, reason }: MalformedRow): void {
    this.#faults.take();
    this.#faults.addRowFault('$', `malformed JSON at byte ${position - start}: ${reason}`);
    this.#values.clear();
    this.#quarantineRow(start, end);
  }

  protected override readRow(start: number, depth: number): number {
    this.#rowId = ++this.#schema.lastRow;
    this.scratch.length = 0;
    this.#rowStart = start;
    this.#reread = 0;
    this.#unknown.clear();
    this.#values.clear();
    const { root } = this.#schema;
    if (this.text[start] !== OPEN_OBJECT) {
      if (this.isNonFinite(start)) this.failExpected(start, 'a value');
      const end = this.skipValue(start, depth);
      this.#faults.addRowFault('$', notAnObject(this.text, start, this.format));
      return end;
    }
    return root.columns.length === 0 ? this.#scanMembers(root, start, depth + 1) : this.#scanWhole(root, start, depth);
  }

  /** Stores a row that fits, quarantines one that does not. */
  protected override finishRow(start: number, end: number): void {
    if (!this.#isUtf8) this.#checkRowUtf8(start, end);
    if (this.#faults.isEmpty) this.#checkMissing();
    if (this.#faults.isEmpty) this.#writeRow();
    else this.#quarantineRow(start, end);
  }

  #checkRowUtf8(start: number, end: number): void {
    const row = this.text.subarray(start, end);
    if (isUtf8(row)) return;
    this.#faults.addRowFault('$', `the row is not valid UTF-8 (byte ${firstInvalidUtf8(row)})`);
  }

  #scanMembers(parent: Field, start: number, depth: number): number {
    let at = this.skipBracket(start, depth);
    if (this.text[at] === CLOSE_OBJECT) return at + 1;
    let previous: Field | undefined;
    let unknownKeys: ObjectKeys | undefined;
    for (;;) {
      let field = previous === undefined ? parent.first : previous.next;
      let keyEnd = field === undefined ? MISMATCH : this.#matchKey(field.key, at);
      if (keyEnd === MISMATCH) {
        keyEnd = this.skipString(at);
        field = this.#findField(parent, previous, at, keyEnd);
      }
      if (field === undefined) {
        unknownKeys ??= this.emptyKeys(depth);
        this.#checkUnknownKey(parent, unknownKeys, at, keyEnd);
        at = this.#scanUnknown(parent, at, keyEnd, depth);
      } else {
        previous = field;
        at = this.#scanKnown(field, at, keyEnd, depth);
      }
      at = this.skipToSeparator(at, CLOSE_OBJECT);
      if (this.text[at] === CLOSE_OBJECT) return at + 1;
      at = this.skipSpace(at + 1);
    }
  }

  #scanKnown(field: Field, start: number, keyEnd: number, depth: number): number {
    if (field.lastRow === this.#rowId) this.#faults.addRowFault(field.path, 'the name of the field is given twice');
    field.lastRow = this.#rowId;
    return field.soleColumn === undefined
      ? this.#scanField(field, start, keyEnd, depth)
      : this.#readColumn(field.soleColumn, this.skipColon(keyEnd), depth);
  }

  /** The offset behind a key if it is at an offset, else `MISMATCH`. */
  #matchKey(key: Buffer, start: number): number {
    const { text } = this;
    const end = start + key.length;
    if (end > text.length) return MISMATCH;
    for (let at = start; at < end; at++) if (text[at] !== key[at - start]) return MISMATCH;
    return end;
  }

  /** The member with a key, if there is such a field. From now on it is expected in this place. */
  #findField(parent: Field, previous: Field | undefined, start: number, end: number): Field | undefined {
    this.#key = this.#keyBetween(start, end);
    const field = parent.members.get(this.#key);
    if (field === undefined) return undefined;
    if (previous === undefined) parent.first = field;
    else previous.next = field;
    return field;
  }

  /** The key between two offsets, as the function `keyBytes` writes it. */
  #keyBetween(start: number, end: number): string {
    if (!this.escaped) return this.text.toString('latin1', start + 1, end - 1);
    return Buffer.from(this.decode(start, end)).toString('latin1');
  }

  /** Checks the key that was looked up last: it must not be given twice or contain a lone surrogate. */
  #checkUnknownKey(parent: Field, unknownKeys: ObjectKeys, start: number, end: number): void {
    const wrong = this.addKey(unknownKeys, start, end);
    if (wrong !== undefined) this.#faultMember(parent, this.#key, `the name of the field ${wrong}`);
  }

  /** Reads a member that no column takes; its key was looked up last. */
  #scanUnknown(parent: Field, start: number, keyEnd: number, depth: number): number {
    this.clearFlaw();
    const at = this.skipColon(keyEnd);
    const end = this.skipOpaque(at, depth);
    if (this.flaw !== undefined) this.#faultMember(parent, this.#key, this.flaw);
    if (!parent.kept) {
      this.#unknown.addKey(parent, this.#key, start, keyEnd);
      this.#unknown.addValue(at, end);
    }
    return end;
  }

  #faultMember(parent: Field, key: string, flaw: string): void {
    if (this.#faults.full) return;
    this.#faults.addRowFault(pathOfUnknown(parent, key), flaw);
  }

  /** Reads a field that contains fields or fills several columns. */
  #scanField(field: Field, start: number, keyEnd: number, depth: number): number {
    const at = this.skipColon(keyEnd);
    const byte = this.text[at]!;
    if (field.columns.length > 0) return this.#scanWhole(field, at, depth);
    if (byte === OPEN_OBJECT) return this.#scanMembers(field, at, depth + 1);
    const end = this.#skipOpaqueMember(field, at, depth);
    if (byte !== LETTER_N && !field.parent!.kept) {
      this.#unknown.addKey(field.parent!, keyBytes(field.name), start, keyEnd);
      this.#unknown.addValue(at, end);
    }
    return end;
  }

  #skipOpaqueMember(field: Field, at: number, depth: number): number {
    this.clearFlaw();
    const end = this.skipOpaque(at, depth);
    if (this.flaw !== undefined) this.#faults.addRowFault(field.path, this.flaw);
    return end;
  }

  /** Reads a field once for the fields in it, and once for each type of the columns that take it as a whole. */
  #scanWhole(field: Field, at: number, depth: number): number {
    const inside = field.members.size > 0 && this.text[at] === OPEN_OBJECT;
    let end = inside ? this.#scanMembers(field, at, depth + 1) : MISMATCH;
    for (const column of field.columns) {
      if (end === MISMATCH) end = this.#readColumn(column, at, depth);
      else if (this.#mayRead(field, column, at, end)) this.#readAgain(column, at, end, depth);
      else break;
    }
    return end;
  }

  /** Whether a column may read the value between two offsets again; if not, the row does not fit. */
  #mayRead(field: Field, column: CompiledColumn, at: number, end: number): boolean {
    const bytes = end - at;
    // Reading null, or what another column has read already, costs nothing.
    if (column.leader !== column || bytes <= NULL.length) return true;
    if (this.#reread + bytes > this.#maxRereads * (end - this.#rowStart)) {
      this.#faults.addRowFault(field.path, tooManyRereads(this.#maxRereads));
      return false;
    }
    this.#reread += bytes;
    return true;
  }

  /** Reads the value of a column whose end is known, because it has been read before. */
  #readAgain(column: CompiledColumn, at: number, end: number, depth: number): void {
    const { index, leader } = column;
    this.#values.write(index, at, end);
    if (this.text[at] === LETTER_N) return;
    if (leader !== column) {
      if (this.#values.isStored(leader.index)) this.#values.storeAs(index, leader.index);
      else this.#faults.addWrongType(column, this.#reasons.get(leader.index)!, at, end);
    } else if (this.readValue(column.type, at, depth, false) === WRONG_TYPE) this.#refuse(column, at, end);
    else this.#values.store(index, this.from, this.to);
  }

  #refuse(column: CompiledColumn, at: number, end: number): void {
    this.#reasons.set(column.index, this.refusalReason);
    this.#faults.addWrongType(column, this.refusalReason, at, end);
  }

  /** Reads the value of a column. */
  #readColumn(column: CompiledColumn, at: number, depth: number): number {
    let end: number;
    if (this.text[at] === LETTER_N) end = this.skipWord(at, 'null');
    else {
      end = this.readValue(column.type, at, depth, false);
      if (end === WRONG_TYPE) end = this.#refuseValue(column, at, depth);
      else this.#values.store(column.index, this.from, this.to);
    }
    this.#values.write(column.index, at, end);
    return end;
  }

  #refuseValue(column: CompiledColumn, at: number, depth: number): number {
    const reason = this.refusalReason;
    const end = this.skipValue(at, depth);
    this.refusalReason = reason;
    this.#refuse(column, at, end);
    return end;
  }

  /** Checks that every column without a value has a DEFAULT or is Nullable. */
  #checkMissing(): void {
    const values = this.#values;
    const defaults = this.#defaults;
    for (let index = 0; index < values.count; index++) {
      if (values.isStored(index) || defaults.has(index)) continue;
      if (this.#faults.full) return;
      const column = this.#schema.columns[index]!;
      if (values.isWritten(index)) this.#faults.addNull(column);
      else this.#faults.addMissing(column);
    }
  }

  #writeRow(): void {
    const out = this.#out;
    if (this.#count > 0) {
      this.#cuts.pass(out.length, this.#count);
      out.push(COMMA);
    }
    this.#count += 1;
    out.push(OPEN_ARRAY);
    if (this.#unknown.isEmpty) out.copy(NULL, 0, NULL.length);
    else {
      const object = this.#unknown.finish();
      out.copy(object.bytes, 0, object.length);
    }
    this.#values.copyTo(out, this.#defaultText);
    out.push(CLOSE_ARRAY);
  }

  #quarantineRow(start: number, end: number): void {
    const raw = this.text.subarray(start, end);
    this.#quarantine.add(this.row, raw, this.#faults.take(), this.#writeOriginals);
  }
}
