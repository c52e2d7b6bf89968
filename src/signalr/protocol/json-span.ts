import type { ValueKind } from './hub-protocol';
import { type JsonScanner, malformed, MAXIMUM_DEPTH, parseJson } from './json-scanner';

/** The message lies around the value. */
const DEPTH_AROUND = 1;

/** A value of a message as it lies in its text, not yet looked into. One object serves all messages. */
export class JsonSpan {
  present = false;
  #start = 0;
  #end = 0;
  #depth = 0;

  /** Notes where the value at the scanner's position lies. */
  locate(scanner: JsonScanner): void {
    scanner.peek();
    this.#start = scanner.position;
    scanner.skipValue();
    this.#end = scanner.position;
    this.#depth = scanner.skippedDepth;
    this.present = true;
  }

  /** The value, as bytes if it is to be raw. @throws InvalidDataException when it is not JSON. */
  read(kind: ValueKind, { bytes }: JsonScanner): unknown {
    if (kind === 'rawJson') return bytes.subarray(this.#start, this.#end);
    if (this.#depth + DEPTH_AROUND > MAXIMUM_DEPTH) throw malformed();
    return parseJson(bytes, this.#start, this.#end);
  }
}
