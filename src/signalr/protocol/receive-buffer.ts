const SMALLEST_COPY = 1024;
const empty = Buffer.alloc(0);

/**
 * The received bytes that have not been read: `bytes[from, to)`. A chunk that comes while nothing is waiting is used
 * without a copy; otherwise chunks are collected in a buffer that doubles. Received bytes are never overwritten, so
 * slices of them may be kept.
 */
export class ReceiveBuffer {
  bytes: Buffer = empty;
  from = 0;
  to = 0;
  /** Whether `bytes` is our own buffer, with room behind `to`. */
  #owned = false;

  /** How many bytes are waiting. */
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

  /** Discards all bytes. */
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
