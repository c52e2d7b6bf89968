import { type JsonScanner, parseJson } from './json-scanner';
import { malformed, MAXIMUM_DEPTH } from './json-signs';
import { readJsonValue } from './json-values';
import { misfit } from './value-binding';
import { isScalar, type ValueKind } from './value-kinds';

/** The value is inside the message object. */
const DEPTH_AROUND = 1;

/** Where a value of a message is in its text, not parsed yet. One object serves all messages. */
export class JsonSpan {
  present = false;
  #start = 0;
  #end = 0;
  #depth = 0;

  /** Notes where the value at the scanner's position is. */
  locate(scanner: JsonScanner): void {
    scanner.peek();
    this.#start = scanner.position;
    scanner.skipValue();
    this.#end = scanner.position;
    this.#depth = scanner.skippedDepth;
    this.present = true;
  }

  /** How many bytes the value has. */
  get size(): number {
    return this.#end - this.#start;
  }

  /**
   * The value bound to a kind, as bytes if that is raw.
   * @throws InvalidDataException when it is not JSON, or not of that kind.
   */
  read(kind: ValueKind, scanner: JsonScanner): unknown {
    // Arrays and objects are rejected without being read.
    if (this.#depth > 0 && isScalar(kind)) throw misfit();
    if (kind !== 'rawJson' && this.#depth + DEPTH_AROUND > MAXIMUM_DEPTH) throw malformed();
    return readJsonValue(kind, scanner, this.#start, this.#end);
  }

  /** Checks a value that nobody has a use for. @throws InvalidDataException when it is not JSON. */
  check({ bytes }: JsonScanner): void {
    if (this.#depth + DEPTH_AROUND > MAXIMUM_DEPTH) throw malformed();
    parseJson(bytes, this.#start, this.#end);
  }
}
