import { JSON_BYTES } from '../../json/json-bytes';
import { type CompiledType, READING } from './compiled-type';
import { refusalHint } from './refusal-hint';
import { EXACT_DIGITS, WRONG_TYPE, ScalarReader, TEXT_INTEGER } from './scalar-reader';

const { COMMA, COLON, ZERO, LETTER_N } = JSON_BYTES;
const { OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } = JSON_BYTES;
const { STRING, INTEGER, FLOAT, DATE_TIME, DATE, BOOL, DECIMAL, UUID, FIXED_STRING, ARRAY, MAP, OBJECT } = READING;

/** Reads values of any type. */
export abstract class ValueReader extends ScalarReader {
  /** Reads a value that is not null. `nested`: it is in an array or a map, whose values are stored as JSON. */
  protected readValue(type: CompiledType, at: number, depth: number, nested: boolean): number {
    switch (type.code) {
      case STRING:
        return this.readString(at, depth, nested);
      case INTEGER:
        return this.readInteger(type, at, nested);
      case FLOAT:
        return this.readFloat(type, at, nested);
      case DATE_TIME:
        return this.readTime(type, at);
      case DATE:
        return this.readDate(at);
      case BOOL:
        return this.readBool(at, nested);
      case DECIMAL:
        return this.readDecimal(type, at, nested);
      case UUID:
        return this.readUuid(at);
      case FIXED_STRING:
        return this.readFixedString(type, at);
      case ARRAY:
        return this.#readArray(type, at, depth);
      case MAP:
        return this.#readMap(type, at, depth);
      case OBJECT:
        return this.text[at] === OPEN_OBJECT ? this.readOpaque(at, depth) : this.refuse('it is not an object');
    }
  }

  #readArray(type: CompiledType, start: number, depth: number): number {
    if (this.text[start] !== OPEN_ARRAY) return this.refuse('');
    const begin = this.scratch.length;
    this.scratch.push(OPEN_ARRAY);
    let at = this.skipBracket(start, depth + 1);
    if (this.text[at] === CLOSE_ARRAY) return this.#close(begin, at, CLOSE_ARRAY);
    for (let index = 0; ; index++) {
      const end = this.#readItem(type.items!, at, depth + 1);
      if (end === WRONG_TYPE) return this.#refuseItem(`element ${index}`, type.items!, at);
      at = this.skipToSeparator(end, CLOSE_ARRAY);
      if (this.text[at] === CLOSE_ARRAY) return this.#close(begin, at, CLOSE_ARRAY);
      this.scratch.push(COMMA);
      at = this.skipSpace(at + 1);
    }
  }

  #readMap(type: CompiledType, start: number, depth: number): number {
    if (this.text[start] !== OPEN_OBJECT) return this.refuse('');
    const begin = this.scratch.length;
    this.scratch.push(OPEN_OBJECT);
    let at = this.skipBracket(start, depth + 1);
    if (this.text[at] === CLOSE_OBJECT) return this.#close(begin, at, CLOSE_OBJECT);
    const names = this.emptyKeys(depth + 1);
    for (let index = 0; ; index++) {
      const keyEnd = this.skipString(at);
      const wrong = this.addKey(names, at, keyEnd);
      if (wrong !== undefined) return this.refuse(`a name in it ${wrong}`);
      if (!this.#copyKey(type.keys!, at, keyEnd)) return this.#refuseItem(`key ${index}`, type.keys!, at);
      const value = this.skipColon(keyEnd);
      const end = this.#readItem(type.items!, value, depth + 1);
      if (end === WRONG_TYPE) return this.#refuseItem(`value ${index}`, type.items!, value);
      at = this.skipToSeparator(end, CLOSE_OBJECT);
      if (this.text[at] === CLOSE_OBJECT) return this.#close(begin, at, CLOSE_OBJECT);
      this.scratch.push(COMMA);
      at = this.skipSpace(at + 1);
    }
  }

  /** Reads an element of an array or a value in a map, and copies its stored text to the scratch. */
  #readItem(type: CompiledType, at: number, depth: number): number {
    if (this.text[at] === LETTER_N) {
      if (!type.nullable) return this.refuse('');
      this.verbatim(at, this.skipWord(at, 'null'));
    }
    const end = this.text[at] === LETTER_N ? this.to : this.readValue(type, at, depth, true);
    if (end !== WRONG_TYPE && this.from >= 0) this.scratch.copy(this.text, this.from, this.to);
    return end;
  }

  /** Whether the key between two offsets is an integer of the type that is exact in a double. */
  #isSmallInteger(type: CompiledType, start: number, end: number): boolean {
    const { text } = this;
    const first = start + 1;
    const digits = end - 1 - first;
    if (digits < 1 || digits > EXACT_DIGITS || (text[first] === ZERO && digits > 1)) return false;
    let value = 0;
    for (let at = first; at < end - 1; at++) {
      const digit = text[at]! - ZERO;
      if (digit < 0 || digit > 9) return false;
      value = value * 10 + digit;
    }
    return value >= type.min && value <= type.max;
  }

  /** Copies a key and the colon behind it to the scratch; false when the key is not of its type. */
  #copyKey(type: CompiledType, at: number, end: number): boolean {
    if (type.code === INTEGER && !this.escaped && this.#isSmallInteger(type, at, end)) this.verbatim(at, end);
    else if (type.code === INTEGER) {
      const key = this.decode(at, end);
      const fits = TEXT_INTEGER.test(key) && BigInt(key) >= type.least && BigInt(key) <= type.greatest;
      if (!fits) return this.refuse('') !== WRONG_TYPE;
      this.verbatim(at, end);
    } else if (this.readValue(type, at, 0, true) === WRONG_TYPE) return false;
    if (this.from >= 0) this.scratch.copy(this.text, this.from, this.to);
    this.scratch.push(COLON);
    return true;
  }

  #close(begin: number, at: number, bracket: number): number {
    this.scratch.push(bracket);
    return this.written(begin, at + 1);
  }

  #refuseItem(item: string, type: CompiledType, at: number): number {
    if (this.refusalReason !== '') return this.refuse(`${item}: ${this.refusalReason}`);
    const hint = refusalHint(type, this.text, at);
    return this.refuse(`${item} is not ${type.text}${hint === '' ? '' : `: ${hint}`}`);
  }
}
