import { InvalidDataException } from '../exceptions';
import type { ParameterList } from './hub-protocol';
import { OUTLINED_ELEMENTS } from './json-outline';
import { type JsonScanner, parseJson } from './json-scanner';
import { malformed, MAXIMUM_DEPTH, SIGN } from './json-signs';
import { readJsonValue } from './json-values';
import { malformedArguments, misfit, ValueTooLargeException, wrongArgument, wrongCount } from './value-binding';
import { isScalar, type ValueKind } from './value-kinds';

/** The greatest number of parameters of a method. Of further arguments only the number is kept. */
export const MAXIMUM_PARAMETERS = OUTLINED_ELEMENTS;

/** Every argument is inside the message object and the array. */
const DEPTH_AROUND = 2;

const OPEN_ARRAY = Buffer.from('[');

/** Where the arguments of an invocation are in its text, not parsed yet. One object serves all messages. */
export class JsonArguments {
  count = 0;
  /** Why it is not known where they are, if so. */
  #malformed: InvalidDataException | undefined;
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

  /**
   * Notes where each element of the array at the scanner's position is. If its elements cannot be told apart, that is
   * kept for whoever has a use for them.
   * @throws InvalidDataException when the array has no end.
   */
  locate(scanner: JsonScanner): void {
    this.count = 0;
    this.#restDepth = 0;
    this.#malformed = undefined;
    this.#start = scanner.position;
    scanner.expect(SIGN.OpenArray);
    try {
      if (scanner.peek() === SIGN.CloseArray) scanner.position++;
      else this.#locateElements(scanner);
    } catch (error) {
      if (!(error instanceof InvalidDataException)) throw error;
      this.#malformed = error;
      scanner.position = this.#start;
      scanner.skipValue();
    }
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

  /** The values for these parameters, or why they do not fit. */
  bind({ kinds, required }: ParameterList, scanner: JsonScanner): unknown[] | InvalidDataException {
    const { count } = this;
    if (this.#malformed !== undefined) return malformedArguments(this.#malformed);
    if (count > kinds.length || count < required) return wrongCount(count, kinds.length, required);
    const values: unknown[] = [];
    let error: InvalidDataException | undefined;
    for (let i = 0; i < count; i++) {
      const kind = kinds[i]!;
      if (kind === 'rawJson') {
        values.push(scanner.bytes.subarray(this.#starts[i], this.#ends[i]));
      } else if (this.#ends[i]! - this.#starts[i]! > this.#maximumParsedSize && !this.#isRejected(i, kind)) {
        error = new ValueTooLargeException(`argument ${i + 1}`, this.#maximumParsedSize);
      } else {
        try {
          values.push(this.#read(i, kind, scanner));
        } catch (thrown) {
          if (!(thrown instanceof InvalidDataException)) throw thrown;
          error ??= wrongArgument(i, kind);
        }
      }
    }
    return error ?? values;
  }

  /**
   * Checks arguments of a message that invokes nothing, unless they are too large.
   * @throws InvalidDataException
   */
  check(scanner: JsonScanner): void {
    if (this.tooLarge) return;
    if (this.#malformed !== undefined) throw this.#malformed;
    for (let i = 0; i < this.count && i < MAXIMUM_PARAMETERS; i++) this.#parse(i, scanner);
    if (this.count <= MAXIMUM_PARAMETERS) return;
    if (this.#restDepth + DEPTH_AROUND > MAXIMUM_DEPTH) throw malformed();
    const rest = Buffer.concat([OPEN_ARRAY, scanner.bytes.subarray(this.#restStart, this.#end)]);
    parseJson(rest, 0, rest.length);
  }

  /** Whether an argument is rejected without being read: an array or object where there should be none. */
  #isRejected(index: number, kind: ValueKind): boolean {
    return this.#depths[index]! > 0 && isScalar(kind);
  }

  #read(index: number, kind: ValueKind, scanner: JsonScanner): unknown {
    if (this.#isRejected(index, kind)) throw misfit();
    if (this.#depths[index]! + DEPTH_AROUND > MAXIMUM_DEPTH) throw malformed();
    return readJsonValue(kind, scanner, this.#starts[index]!, this.#ends[index]!);
  }

  #parse(index: number, scanner: JsonScanner): void {
    if (this.#depths[index]! + DEPTH_AROUND > MAXIMUM_DEPTH) throw malformed();
    parseJson(scanner.bytes, this.#starts[index]!, this.#ends[index]!);
  }
}
