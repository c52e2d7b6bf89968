import { isUtf8 } from 'node:buffer';
import { JSON_BYTES } from '../../json/json-bytes';
import { kindOf } from '../../json/json-kind';
import { memberPath } from '../../json/json-path';
import type { ObjectKeys } from '../../json/object-keys';
import { firstInvalidUtf8 } from '../../json/utf8';
import type { QuarantineBatch, RowBatch } from '../../store/contract/row-store';
import { TextWriter } from '../../json/text-writer';
import { type CompiledColumn, type CompiledSchema, compileSchema, type Field } from './compiled-schema';
import { DefaultTexts } from './default-texts';
import { QuarantineWriter, type RowError } from './quarantine-writer';
import { RowFaults } from './row-faults';
import type { BrokenRow, RowFormat } from './row-cursor';
import { RowValues } from './row-values';
import { rowsTooLarge } from './rows-too-large';
import { MISFIT } from './scalar-reader';
import type { Schema } from '../schema/schema';
import { MOST_BAD_ROWS } from './too-many-bad-rows';
import { UnknownFields } from './unknown-fields';
import { ValueReader } from './value-reader';

export type { RowError, RowFormat };

const { COMMA, LETTER_N } = JSON_BYTES;
const { OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;

/** Another key stands where one was expected. */
const MISMATCH = -1;

/** How many bytes the text of rows, or of quarantined rows, may take at least, and how many times the bytes of the body. */
const LEAST_LIMIT = 128 * 1024 * 1024;
const GREATEST_GROWTH = 8;

/** The same for quarantined rows, which have only what was sent and what is wrong with it. */
const LEAST_QUARANTINE_LIMIT = 64 * 1024 * 1024;

const NULL = Buffer.from('null');

export interface ScanOptions {
  readonly format: RowFormat;
  /** Deepest nesting of arrays and objects. */
  readonly maxDepth: number;
  /** What `now()` means: milliseconds since the Unix epoch. */
  readonly now: number;
  /** Most bytes that the texts of rows, and of quarantined rows, may take: a short row may lack many columns. Default: 128 MiB, or 64 MiB
   * for quarantined rows, and for a large body eight times its bytes. */
  readonly maxBytes?: number;
  /** Most rows that may be quarantined. Default: 100,000. */
  readonly maxQuarantined?: number;
}

export interface ScannedRows {
  readonly rows: RowBatch;
  readonly quarantine: QuarantineBatch;
  /** Why rows did not fit, the first 20 faults. */
  readonly errors: readonly RowError[];
  /** Distinct JSON paths of fields that no column takes, the first 20. */
  readonly unknownFields: readonly string[];
}

/**
 * Checks each row of a body against a schema in one pass over its bytes, and gives the rows that fit and those that do not as
 * the texts a store takes. Throws `invalid_rows` when there is no row, `malformed_json` when none is JSON (with
 * `json`: when anything is not), and `message_too_large` when the texts grow too large or too many rows do not fit.
 */
export function scanRows(body: Uint8Array, schema: Schema, options: ScanOptions): ScannedRows {
  return new RowScanner(body, compileSchema(schema), options).scan();
}

/** One scan. The `scan…` methods take the offset of what they read and give the offset behind it, as `skip…` ones do. */
class RowScanner extends ValueReader {
  readonly #out: TextWriter;
  #count = 0;
  readonly #quarantine: QuarantineWriter;
  readonly #faults = new RowFaults(this.text);
  readonly #unknown: UnknownFields;
  readonly #defaults: DefaultTexts;
  readonly #standIn = (index: number): Buffer => this.#defaults.text(index);
  readonly #values: RowValues;
  readonly #writeOriginals = (out: TextWriter): void => {
    this.#values.writeOriginals(out);
  };
  /** The bytes of the last key that was looked up. */
  #key = '';
  /** Whether all of the text is UTF-8. */
  readonly #clean: boolean;
  /** The mark of the row, which no other row of the schema has. */
  #mark = 0;
  readonly #schema: CompiledSchema;

  constructor(body: Uint8Array, schema: CompiledSchema, options: ScanOptions) {
    const greatest = GREATEST_GROWTH * body.length;
    const maxBytes = options.maxBytes ?? Math.max(LEAST_LIMIT, greatest);
    const maxQuarantineBytes = options.maxBytes ?? Math.max(LEAST_QUARANTINE_LIMIT, greatest);
    super(body, options.format, options.maxDepth, maxBytes);
    this.#schema = schema;
    this.#out = new TextWriter(Math.min(body.length + 256, maxBytes), maxBytes, rowsTooLarge);
    this.#quarantine = new QuarantineWriter(maxQuarantineBytes, options.maxQuarantined ?? MOST_BAD_ROWS);
    this.#unknown = new UnknownFields(this.text, maxBytes);
    this.#defaults = new DefaultTexts(schema, options.now);
    this.#values = new RowValues(schema.slots, this.text, this.scratch);
    this.#clean = isUtf8(this.text);
  }

  scan(): ScannedRows {
    this.walk();
    return {
      rows: { json: this.#out.written(), count: this.#count },
      quarantine: this.#quarantine.batch(),
      errors: this.#quarantine.errors,
      unknownFields: this.#unknown.named,
    };
  }

  /** Quarantines a line that is no JSON. */
  protected override breakRow(start: number, end: number, { position, reason }: BrokenRow): void {
    this.#faults.take();
    this.#faults.row('$', `malformed JSON at byte ${position - start}: ${reason}`);
    this.#values.clear();
    this.#quarantineRow(start, end);
  }

  protected override readRow(start: number, depth: number): number {
    this.#mark = ++this.#schema.rows;
    this.scratch.length = 0;
    this.#unknown.clear();
    this.#values.clear();
    const { root } = this.#schema;
    const byte = this.text[start]!;
    if (byte !== OPEN_OBJECT) {
      if (this.isUnreal(start)) this.failExpected(start, 'a value');
      const end = this.skipValue(start, depth);
      this.#faults.row('$', `the row is ${kindOf(byte)}, not an object`);
      return end;
    }
    return root.columns.length === 0 ? this.#scanMembers(root, start, depth + 1) : this.#scanWhole(root, start, depth);
  }

  /** Stores a row that fits, quarantines one that does not. */
  protected override finishRow(start: number, end: number): void {
    if (!this.#clean) this.#checkRowUtf8(start, end);
    if (this.#faults.none) this.#checkGaps();
    if (this.#faults.none) this.#writeRow();
    else this.#quarantineRow(start, end);
  }

  #checkRowUtf8(start: number, end: number): void {
    const row = this.text.subarray(start, end);
    if (isUtf8(row)) return;
    this.#faults.row('$', `the row is not valid UTF-8 (byte ${firstInvalidUtf8(row)})`);
  }

  #scanMembers(parent: Field, start: number, depth: number): number {
    let at = this.skipBracket(start, depth);
    if (this.text[at] === CLOSE_OBJECT) return at + 1;
    let previous: Field | undefined;
    let others: ObjectKeys | undefined;
    for (;;) {
      let field = previous === undefined ? parent.first : previous.next;
      let keyEnd = field === undefined ? MISMATCH : this.#matchKey(field.key, at);
      if (keyEnd === MISMATCH) {
        keyEnd = this.skipString(at);
        field = this.#findField(parent, previous, at, keyEnd);
      }
      if (field === undefined) {
        others ??= this.freshKeys(depth);
        this.#checkUnknownKey(parent, others, at, keyEnd);
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
    if (field.row === this.#mark) this.#faults.row(field.path, 'the name of the field is given twice');
    field.row = this.#mark;
    return field.only === undefined
      ? this.#scanField(field, start, keyEnd, depth)
      : this.#fill(field.only, this.skipColon(keyEnd), depth);
  }

  /** The offset behind a key if it stands at an offset. */
  #matchKey(key: Buffer, start: number): number {
    const { text } = this;
    const end = start + key.length;
    if (end > text.length) return MISMATCH;
    for (let at = start; at < end; at++) if (text[at] !== key[at - start]) return MISMATCH;
    return end;
  }

  /** The member that a key names, if there is such a field. It will be expected at this place from now on. */
  #findField(parent: Field, previous: Field | undefined, start: number, end: number): Field | undefined {
    this.#key = this.#keyBytes(start, end);
    const field = parent.members.get(this.#key);
    if (field === undefined) return undefined;
    if (previous === undefined) parent.first = field;
    else previous.next = field;
    return field;
  }

  /** The UTF-8 of a key, a character a byte. */
  #keyBytes(start: number, end: number): string {
    if (!this.escaped) return this.text.toString('latin1', start + 1, end - 1);
    return Buffer.from(this.decode(start, end)).toString('latin1');
  }

  /** Refuses the key that was looked up last when it was given before, or is not a text. */
  #checkUnknownKey(parent: Field, others: ObjectKeys, start: number, end: number): void {
    const wrong = this.takeKey(others, start, end);
    if (wrong !== undefined) this.#faultMember(parent, this.#key, `the name of the field ${wrong}`);
  }

  /** Reads the member whose key was looked up last. */
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
    this.#faults.row(memberPath(parent.path, Buffer.from(key, 'latin1').toString()), flaw);
  }

  /** Reads a field that has fields in it, or fills several columns. */
  #scanField(field: Field, start: number, keyEnd: number, depth: number): number {
    const at = this.skipColon(keyEnd);
    const byte = this.text[at]!;
    if (field.columns.length > 0) return this.#scanWhole(field, at, depth);
    if (byte === OPEN_OBJECT) return this.#scanMembers(field, at, depth + 1);
    const end = this.#skipOpaqueMember(field, at, depth);
    if (byte !== LETTER_N && !field.parent!.kept) {
      this.#unknown.addKey(field.parent!, this.#plainKey(field), start, keyEnd);
      this.#unknown.addValue(at, end);
    }
    return end;
  }

  #skipOpaqueMember(field: Field, at: number, depth: number): number {
    this.clearFlaw();
    const end = this.skipOpaque(at, depth);
    if (this.flaw !== undefined) this.#faults.row(field.path, this.flaw);
    return end;
  }

  #plainKey(field: Field): string {
    return Buffer.from(field.keys.at(-1)!).toString('latin1');
  }

  /** Reads a field for the fields in it, and once more for each column that takes it as a whole. */
  #scanWhole(field: Field, at: number, depth: number): number {
    const inside = field.members.size > 0 && this.text[at] === OPEN_OBJECT;
    let end = inside ? this.#scanMembers(field, at, depth + 1) : at;
    for (const column of field.columns) end = this.#fill(column, at, depth);
    return end;
  }

  /** Reads the value of a column. */
  #fill(column: CompiledColumn, at: number, depth: number): number {
    let end: number;
    if (this.text[at] === LETTER_N) end = this.skipWord(at, 'null');
    else {
      end = this.readValue(column.type, at, depth, false);
      if (end === MISFIT) end = this.#refuseValue(column, at, depth);
      else this.#values.store(column.index, this.from, this.to);
    }
    this.#values.write(column.index, at, end);
    return end;
  }

  #refuseValue(column: CompiledColumn, at: number, depth: number): number {
    const reason = this.misfit;
    const end = this.skipValue(at, depth);
    this.#faults.misfit(column, reason, at, end);
    return end;
  }

  /** Sees to it that every column without a value has something that stands in for it. */
  #checkGaps(): void {
    const values = this.#values;
    const defaults = this.#defaults;
    for (let index = 0; index < values.count; index++) {
      if (values.isStored(index) || defaults.has(index)) continue;
      if (this.#faults.full) return;
      const column = this.#schema.columns[index]!;
      if (values.isWritten(index)) this.#faults.null(column);
      else this.#faults.missing(column);
    }
  }

  #writeRow(): void {
    const out = this.#out;
    if (this.#count++ > 0) out.push(COMMA);
    out.push(OPEN_ARRAY);
    if (this.#unknown.none) out.copy(NULL, 0, NULL.length);
    else {
      const object = this.#unknown.finish();
      out.copy(object.bytes, 0, object.length);
    }
    this.#values.copyTo(out, this.#standIn);
    out.push(CLOSE_ARRAY);
  }

  #quarantineRow(start: number, end: number): void {
    const raw = this.text.subarray(start, end);
    this.#quarantine.add(this.row, raw, this.#faults.take(), this.#writeOriginals);
  }
}
