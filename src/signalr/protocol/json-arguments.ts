import type { InvalidDataException } from '../exceptions';
import type { ParameterList, ValueKind } from './hub-protocol';
import { type JsonScanner, malformed, MAXIMUM_DEPTH, parseJson, SIGN } from './json-scanner';
import { fitsKind, wrongCount, wrongTypes } from './value-binding';

/** The greatest number of parameters of a method. Of further arguments only the number is kept. */
export const MAXIMUM_PARAMETERS = 64;

/** Every argument is inside the message object and the array. */
const DEPTH_AROUND = 2;

/** Where the arguments of an invocation are in its text, not parsed yet. One object serves all messages. */
export class JsonArguments {
  count = 0;
  readonly #starts = new Uint32Array(MAXIMUM_PARAMETERS);
  readonly #ends = new Uint32Array(MAXIMUM_PARAMETERS);
  readonly #depths = new Uint32Array(MAXIMUM_PARAMETERS);

  /** Notes where each element of the array at the scanner's position is. */
  locate(scanner: JsonScanner): void {
    this.count = 0;
    scanner.expect(SIGN.OpenArray);
    if (scanner.peek() === SIGN.CloseArray) {
      scanner.position++;
      return;
    }
    do {
      scanner.peek();
      const start = scanner.position;
      scanner.skipValue();
      if (this.count < MAXIMUM_PARAMETERS) {
        this.#starts[this.count] = start;
        this.#ends[this.count] = scanner.position;
        this.#depths[this.count] = scanner.skippedDepth;
      }
      this.count++;
    } while (scanner.continues(SIGN.CloseArray));
  }

  /** The values for these parameters, or why they do not fit. @throws InvalidDataException when one is not JSON. */
  bind({ kinds, required }: ParameterList, scanner: JsonScanner): unknown[] | InvalidDataException {
    const { count } = this;
    if (count > kinds.length || count < required) {
      this.check(kinds, scanner);
      return wrongCount(count, kinds.length, required);
    }
    const values: unknown[] = [];
    let fits = true;
    for (let i = 0; i < count; i++) {
      const kind = kinds[i]!;
      const value = kind === 'rawJson' ? this.#raw(i, scanner) : this.#parse(i, scanner);
      if (!fitsKind(value, kind)) fits = false;
      values.push(value);
    }
    return fits ? values : wrongTypes();
  }

  /** Checks arguments that will not be used; those of raw parameters may be anything. @throws InvalidDataException */
  check(kinds: readonly ValueKind[], scanner: JsonScanner): void {
    for (let i = 0; i < this.count && i < MAXIMUM_PARAMETERS; i++) {
      if (kinds[i] !== 'rawJson') this.#parse(i, scanner);
    }
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
