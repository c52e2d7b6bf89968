/** Up to this many keys are compared byte by byte, which is faster than making strings of them. */
const FEW = 16;

/** The keys of one JSON object; finds a key that is given twice, whether it is written with escapes or without. */
export class ObjectKeys {
  /** Offsets of the first few keys. Only the first `count` are valid: shortening an array is slow. */
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #count = 0;
  /**
   * All keys, once there are more than a few or one has escapes: the UTF-8 bytes of each, one character per byte,
   * behind a quote. V8 hashes texts that are integers without its secret seed, and a sender could make them collide.
   */
  #all: Set<string> | undefined;
  readonly #text: Buffer;

  /** `text`: the text that all offsets refer to. */
  constructor(text: Buffer) {
    this.#text = text;
  }

  /** Forgets all keys, so that the set can be used for the next object. */
  clear(): void {
    this.#count = 0;
    this.#all = undefined;
  }

  /** Adds the key written between two offsets, quotes included; false when the object has that key already. */
  add(start: number, end: number, escaped: boolean): boolean {
    if (this.#all === undefined && !escaped && this.#count < FEW) return this.#addOffsets(start, end);
    this.#all ??= this.#allSoFar();
    const { size } = this.#all;
    return this.#all.add(escaped ? this.#unescaped(start, end) : this.#plain(start, end)).size > size;
  }

  #addOffsets(start: number, end: number): boolean {
    for (let i = 0; i < this.#count; i++) {
      if (this.#ends[i]! - this.#starts[i]! === end - start && this.#equal(this.#starts[i]!, start, end)) return false;
    }
    this.#starts[this.#count] = start;
    this.#ends[this.#count] = end;
    this.#count++;
    return true;
  }

  #equal(other: number, start: number, end: number): boolean {
    for (let at = start; at < end; at++) {
      if (this.#text[other + at - start] !== this.#text[at]) return false;
    }
    return true;
  }

  #allSoFar(): Set<string> {
    const keys = new Set<string>();
    for (let i = 0; i < this.#count; i++) keys.add(this.#plain(this.#starts[i]!, this.#ends[i]!));
    return keys;
  }

  #plain(start: number, end: number): string {
    return this.#text.toString('latin1', start, end - 1);
  }

  #unescaped(start: number, end: number): string {
    return Buffer.from(`"${JSON.parse(this.#text.toString('utf8', start, end)) as string}`).toString('latin1');
  }
}
