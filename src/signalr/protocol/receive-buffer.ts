const SMALLEST_COPY = 1024;
const empty = Buffer.alloc(0);

/**
 * The received bytes that are not yet used up: `bytes[from, to)`. A chunk that comes while nothing waits is used as it
 * is, without a copy; more are gathered in a buffer that doubles. Bytes once shown are never written over, so slices
 * of them may be kept.
 */
export class ReceiveBuffer {
  bytes: Buffer = empty;
  from = 0;
  to = 0;
  /** Whether `bytes` is ours, with room behind `to`. */
  #owned = false;

  /** How many bytes wait. */
  get length(): number {
    return this.to - this.from;
  }

  push(chunk: Buffer): void {
    if (this.from === this.to) {
      this.bytes = chunk;
      this.from = 0;
      this.to = chunk.length;
      this.#owned = false;
      return;
    }
    if (!this.#owned || this.to + chunk.length > this.bytes.length) this.#grow(chunk.length);
    chunk.copy(this.bytes, this.to);
    this.to += chunk.length;
  }

  /** Lets go of all bytes. */
  clear(): void {
    this.bytes = empty;
    this.from = this.to = 0;
    this.#owned = false;
  }

  #grow(more: number): void {
    const length = this.length;
    const larger = Buffer.allocUnsafeSlow(Math.max(SMALLEST_COPY, 2 * (length + more)));
    this.bytes.copy(larger, 0, this.from, this.to);
    this.bytes = larger;
    this.from = 0;
    this.to = length;
    this.#owned = true;
  }
}
