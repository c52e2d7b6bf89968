import { JSON_BYTES } from '../../json/json-bytes';
import { memberPath } from '../../json/json-path';
import { TextWriter } from '../../json/text-writer';
import type { Field } from './compiled-schema';
import { rowsTooLarge } from './rows-too-large';

const { COMMA, COLON, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;

/** The most unknown fields that the sender is told. */
const MOST_NAMED = 20;

/** Collects the fields of a row that no column takes, as the text of an object that is nested as the row is. */
export class UnknownFields {
  /** The paths of such fields in all rows so far, the first ones. */
  readonly named: string[] = [];
  readonly #seen = new Map<Field, Set<string>>();
  readonly #object: TextWriter;
  /** The fields whose objects are open in the text, outermost first. */
  readonly #open: Field[] = [];
  readonly #text: Buffer;

  /** `text`: the text that the rows are read from. */
  constructor(text: Buffer, maxBytes: number) {
    this.#text = text;
    this.#object = new TextWriter(0, maxBytes, rowsTooLarge);
  }

  /** Begins a row. */
  clear(): void {
    this.#object.length = 0;
    this.#open.length = 0;
  }

  /** Whether the row has no such fields so far. */
  get isEmpty(): boolean {
    return this.#object.length === 0;
  }

  /** Begins a member of a field with its key, written between two offsets. `key`: the same as `keyBytes` writes it. */
  addKey(parent: Field, key: string, start: number, end: number): void {
    if (this.named.length < MOST_NAMED) this.#name(parent, key);
    this.#enter(parent);
    this.#separate();
    this.#object.copy(this.#text, start, end);
    this.#object.push(COLON);
  }

  /** Completes the member with its value, written between two offsets. */
  addValue(start: number, end: number): void {
    this.#object.copy(this.#text, start, end);
  }

  /** Completes the object and returns its text. */
  finish(): TextWriter {
    while (this.#open.length > 0) this.#leave();
    this.#object.push(CLOSE_OBJECT);
    return this.#object;
  }

  /** Opens the object of a field and those around it, and closes all others. */
  #enter(field: Field): void {
    const depth = field.depth;
    while (this.#open.length > depth || (this.#open.length > 0 && !isIn(field, this.#open.at(-1)!))) this.#leave();
    if (this.isEmpty) this.#object.push(OPEN_OBJECT);
    const missing: Field[] = [];
    for (let outer = field; outer.depth > this.#open.length; outer = outer.parent!) missing.push(outer);
    for (const inner of missing.reverse()) {
      this.#separate();
      this.#object.copy(inner.key, 0, inner.key.length);
      this.#object.push(COLON);
      this.#object.push(OPEN_OBJECT);
      this.#open.push(inner);
    }
  }

  #leave(): void {
    this.#object.push(CLOSE_OBJECT);
    this.#open.pop();
  }

  #separate(): void {
    if (this.#object.bytes[this.#object.length - 1] !== OPEN_OBJECT) this.#object.push(COMMA);
  }

  #name(parent: Field, key: string): void {
    const seen = this.#seen.get(parent) ?? new Set();
    if (seen.has(key)) return;
    this.#seen.set(parent, seen.add(key));
    this.named.push(pathOfUnknown(parent, key));
  }
}

/** The path of a field that no column takes, by its key as `keyBytes` writes it. */
export function pathOfUnknown(parent: Field, key: string): string {
  return memberPath(parent.path, Buffer.from(key, 'latin1').toString());
}

/** Whether a field is `outer` or lies in it. */
function isIn(field: Field, outer: Field): boolean {
  let around: Field | undefined = field;
  while (around !== undefined && around.depth > outer.depth) around = around.parent;
  return around === outer;
}
