import type { InvalidDataException } from '../exceptions';
import type { ParameterList, ValueKind } from './hub-protocol';
import { OUTLINED_ELEMENTS } from './json-outline';
import { type JsonScanner, parseJson } from './json-scanner';
import { malformed, MAXIMUM_DEPTH, SIGN } from './json-signs';
import { fitsKind, isScalar, ValueTooLargeException, wrongCount, wrongTypes } from './value-binding';

/** The greatest number of parameters of a method. Of further arguments only the number is kept. */
export const MAXIMUM_PARAMETERS = OUTLINED_ELEMENTS;

/** Every argument is inside the message object and the array. */
const DEPTH_AROUND = 2;

const OPEN_ARRAY = Buffer.from('[');

/** Where the arguments of an invocation are in its text, not parsed yet. One object serves all messages. */
export class JsonArguments {
  count = 0;
  #start = 0;
  #end = 0;
  /** Where the arguments begin whose places are not kept, and their nesting. */
  #restStart = 0;
  #restDepth = 0;
  readonly #maximumParsedSize: number;
  readonly #starts = new Uint32Array(MAXIMUM_PARAMETERS);
  readonly #ends = new Uint32Array(MAXIMUM_PARAMETERS);
  readonly #depths = new Uint32Array(MAXIMUM_PARAMETERS);

  /** Greater arguments than this are not parsed. */
  constructor(maximumParsedSize: number) {
    this.#maximumParsedSize = maximumParsedSize;
  }

  /** Notes where each element of the array at the scanner's position is. */
  locate(scanner: JsonScanner): void {
    this.count = 0;
    this.#restDepth = 0;
    this.#start = scanner.position;
    scanner.expect(SIGN.OpenArray);
    if (scanner.peek() === SIGN.CloseArray) scanner.position++;
    else this.#locateElements(scanner);
    this.#end = scanner.position;
  }

  #locateElements(scanner: JsonScanner): void {
    do {
      if (this.count === MAXIMUM_PARAMETERS && this.#takeRest(scanner)) return;
      scanner.peek();
      const start = scanner.position;
      scanner.skipValue();
      if (this.count < MAXIMUM_PARAMETERS) {
        this.#starts[this.count] = start;
        this.#ends[this.count] = scanner.position;
        this.#depths[this.count] = scanner.skippedDepth;
      } else {
        if (this.count === MAXIMUM_PARAMETERS) this.#restStart = start;
        this.#restDepth = Math.max(this.#restDepth, scanner.skippedDepth);
      }
      this.count++;
    } while (scanner.continues(SIGN.CloseArray));
  }

  /** Notes what is behind the first arguments if all of them are long. Returns whether they are. */
  #takeRest(scanner: JsonScanner): boolean {
    const all = scanner.outline?.find(this.#start);
    if (all === undefined) return false;
    this.count = all.count;
    this.#restStart = all.restStart;
    this.#restDepth = all.restDepth;
    scanner.position = all.end;
    return true;
  }

  /** How many bytes all of them have. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Whether all of them together are too large to be parsed. */
  get tooLarge(): boolean {
    return this.size > this.#maximumParsedSize;
  }

  /** The values for these parameters, or why they do not fit. @throws InvalidDataException when one is not JSON. */
  bind({ kinds, required }: ParameterList, scanner: JsonScanner): unknown[] | InvalidDataException {
    const { count } = this;
    if (count > kinds.length || count < required) {
      this.check(kinds, scanner);
      return wrongCount(count, kinds.length, required);
    }
    const values: unknown[] = [];
    let error: InvalidDataException | undefined;
    for (let i = 0; i < count; i++) {
      const kind = kinds[i]!;
      if (kind === 'rawJson') {
        values.push(this.#raw(i, scanner));
      } else if (isScalar(kind) && this.#depths[i]! > 0) {
        // Arrays and objects are rejected without being read.
        error ??= wrongTypes();
      } else if (this.#ends[i]! - this.#starts[i]! > this.#maximumParsedSize) {
        error = new ValueTooLargeException(`argument ${i + 1}`, this.#maximumParsedSize);
      } else {
        const value = this.#parse(i, scanner);
        if (!fitsKind(value, kind)) error ??= wrongTypes();
        values.push(value);
      }
    }
    return error ?? values;
  }

  /**
   * Checks arguments that will not be used, unless they are too large; those of raw parameters may be anything.
   * @throws InvalidDataException
   */
  check(kinds: readonly ValueKind[], scanner: JsonScanner): void {
    if (this.tooLarge) return;
    for (let i = 0; i < this.count && i < MAXIMUM_PARAMETERS; i++) {
      if (kinds[i] !== 'rawJson') this.#parse(i, scanner);
    }
    if (this.count <= MAXIMUM_PARAMETERS) return;
    if (this.#restDepth + DEPTH_AROUND > MAXIMUM_DEPTH) throw malformed();
    const rest = Buffer.concat([OPEN_ARRAY, scanner.bytes.subarray(this.#restStart, this.#end)]);
    parseJson(rest, 0, rest.length);
  }

  #raw(index: number, scanner: JsonScanner): Buffer {
    return scanner.bytes.subarray(this.#starts[index], this.#ends[index]);
  }

  #parse(index: number, scanner: JsonScanner): unknown {
    const start = this.#starts[index]!;
    if (this.#depths[index]! + DEPTH_AROUND > MAXIMUM_DEPTH) throw malformed();
    if (scanner.bytes[start] !== SIGN.Quote) return parseJson(scanner.bytes, start, this.#ends[index]!);
    scanner.position = start;
    return scanner.readString();
  }
}
