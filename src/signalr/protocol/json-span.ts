import type { ValueKind } from './hub-protocol';
import { type JsonScanner, parseJson } from './json-scanner';
import { malformed, MAXIMUM_DEPTH } from './json-signs';

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

  /** The value, as bytes if its kind is raw. @throws InvalidDataException when it is not JSON. */
  read(kind: ValueKind, { bytes }: JsonScanner): unknown {
    if (kind === 'rawJson') return bytes.subarray(this.#start, this.#end);
    if (this.#depth + DEPTH_AROUND > MAXIMUM_DEPTH) throw malformed();
    return parseJson(bytes, this.#start, this.#end);
  }
}
