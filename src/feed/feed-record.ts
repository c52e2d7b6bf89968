import type { Position } from '../store/contract/position';

/** What is stored in a topic or a data source, and read by many: what is made of it is made once. */
export abstract class FeedRecord {
  #text: Buffer | undefined;
  #made: Map<unknown, unknown> | undefined;

  abstract readonly position: Position;

  /** Bytes of memory, about, with its text. */
  abstract readonly bytes: number;

  /** JSON text on one line, with `offset`, its position. */
  get text(): Buffer {
    this.#text ??= Buffer.from(this.render());
    return this.#text;
  }

  /** What a reader makes of the record, such as a frame around its text: made once for all readers that make the same. */
  framed<Made>(make: (record: FeedRecord) => Made): Made {
    this.#made ??= new Map();
    if (!this.#made.has(make)) this.#made.set(make, make(this));
    return this.#made.get(make) as Made;
  }

  protected abstract render(): string;
}
