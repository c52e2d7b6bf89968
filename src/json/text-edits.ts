/** Pieces shorter than this are copied faster by a loop than by a call into the runtime. */
const SHORT = 96;

/**
 * Replaces pieces of a text by pieces that are not longer, while the text is read from front to back. Nothing is copied
 * before the first change, and a text without changes is returned as it is.
 */
export class TextEdits {
  #copy: Uint8Array | undefined;
  #written = 0;
  /** Everything before this offset of the text has been copied or dropped. */
  #done = 0;
  readonly #text: Uint8Array;

  constructor(text: Uint8Array) {
    this.#text = text;
  }

  /** Sets where the result begins. Call it before any change. */
  begin(start: number): void {
    this.#done = start;
  }

  /** Drops a piece, which must lie behind every piece changed before. */
  cut(start: number, end: number): void {
    this.#keep(start);
    this.#done = end;
  }

  /** Replaces a piece, which must lie behind every piece changed before, by ASCII text that is not longer. */
  replace(start: number, end: number, by: string): void {
    const copy = this.#keep(start);
    for (let i = 0; i < by.length; i++) copy[this.#written + i] = by.charCodeAt(i);
    this.#written += by.length;
    this.#done = end;
  }

  /** Where an offset of the text lies in the result; nothing behind it may have been changed. */
  resultOffset(offset: number): number {
    return this.#written + offset - this.#done;
  }

  /** The result up to an offset of the text. */
  end(end: number): Uint8Array {
    return this.#copy === undefined ? this.#text.subarray(this.#done, end) : this.#keep(end).subarray(0, this.#written);
  }

  #keep(end: number): Uint8Array {
    // The result is never longer than the text, so the copy never has to grow.
    this.#copy ??= Buffer.allocUnsafe(this.#text.length);
    const text = this.#text;
    const copy = this.#copy;
    const done = this.#done;
    const written = this.#written;
    const length = end - done;
    if (length < SHORT) for (let i = 0; i < length; i++) copy[written + i] = text[done + i]!;
    else copy.set(text.subarray(done, end), written);
    this.#written += length;
    return copy;
  }
}
