import type { Position } from '../store/contract/position';

/** Makes what is sent of a record: bytes, or another form of `bytes` bytes of memory. */
export interface Framing<T, R extends FeedRecord = FeedRecord> {
  make(record: R): T;
  bytes(frame: T): number;
}

/** What is stored in a topic or a data source, and read by many: what is made of it is made once. */
export abstract class FeedRecord {
  #text: Buffer | undefined;
  #frames: Map<Framing<unknown>, unknown> | undefined;
  #bytes: number;
  #toldAt = NaN;
  #onGrown: ((bytes: number) => void) | undefined;

  abstract readonly position: Position;

  /** `bytes`: those of memory that it takes, about, with its text. */
  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** Bytes of memory, about, with what was made of it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** When its commit was told (milliseconds of `performance.now`), if it came live. */
  get toldAt(): number {
    return this.#toldAt;
  }

  /** JSON text on one line, with `offset`, its position. */
  get text(): Buffer {
    this.#text ??= Buffer.from(this.render());
    return this.#text;
  }

  /** What a reader makes of the record, such as a frame around its text, made once for all who make the same. */
  framed<T>(form: Framing<T>): T {
    // What is kept for a form was made by it.
    const known = this.#frames?.get(form) as T | undefined;
    if (known !== undefined) return known;
    const frame = form.make(this);
    this.#frames ??= new Map();
    this.#frames.set(form, frame);
    this.grow(form.bytes(frame));
    return frame;
  }

  /**
   * It came live: its commit was told at `toldAt`. Somebody counts its bytes, and is told of those that come to it.
   */
  enter(toldAt: number, onGrown: (bytes: number) => void): void {
    this.#toldAt = toldAt;
    this.#onGrown = onGrown;
  }

  /** Nobody counts its bytes any more. */
  leave(): void {
    this.#onGrown = undefined;
  }

  /** Something was made of it that is kept with it. */
  protected grow(bytes: number): void {
    this.#bytes += bytes;
    this.#onGrown?.(bytes);
  }

  protected abstract render(): string;
}
