/** A place in a text of elements separated by commas: that of a comma, and how many elements lie before it. */
export interface TextCut {
  readonly offset: number;
  readonly count: number;
}

/** Two places lie about so many bytes, or so many elements, apart. */
const BYTES_APART = 64 * 1024;
const ELEMENTS_APART = 1000;

/** Notes places at which a long text can be divided, while it is written or read from front to back. */
export class TextCuts {
  readonly #cuts: TextCut[] = [];
  #nextOffset = BYTES_APART;
  #nextCount = ELEMENTS_APART;

  /** Called at a comma that has so many elements before it. */
  pass(offset: number, count: number): void {
    if (offset < this.#nextOffset && count < this.#nextCount) return;
    this.#cuts.push({ offset, count });
    this.#nextOffset = offset + BYTES_APART;
    this.#nextCount = count + ELEMENTS_APART;
  }

  /** The places, if there are any. */
  get noted(): { readonly cuts?: readonly TextCut[] } {
    return this.#cuts.length === 0 ? {} : { cuts: this.#cuts };
  }
}
