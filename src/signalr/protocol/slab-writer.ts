/** How many bytes are allocated together, as Node.js does for small buffers. */
const SLAB_SIZE = 8 * 1024;
/** A piece begins only where this many bytes are left. */
const MINIMUM_ROOM = 512;

/** Writes pieces of bytes, one after another, many of them in one slab. A piece that was taken is never overwritten. */
export abstract class SlabWriter {
  protected bytes = Buffer.allocUnsafeSlow(SLAB_SIZE);
  /** Where the next byte goes. */
  protected position = 0;
  /** Where the current piece begins. */
  #start = 0;
  /** How much of the slab belongs to pieces that were taken. */
  #taken = 0;

  /** Begins a new piece; one that was not taken is lost. */
  protected begin(): void {
    if (this.bytes.length !== SLAB_SIZE || this.#taken > SLAB_SIZE - MINIMUM_ROOM) {
      this.bytes = Buffer.allocUnsafeSlow(SLAB_SIZE);
      this.#taken = 0;
    }
    this.#start = this.position = this.#taken;
  }

  /** The length of the current piece. */
  protected get size(): number {
    return this.position - this.#start;
  }

  /** Takes the current piece from its byte `from` on. */
  protected take(from = 0): Buffer {
    this.#taken = this.position;
    return this.bytes.subarray(this.#start + from, this.position);
  }

  /** Makes room for `more` bytes. */
  protected reserve(more: number): void {
    if (this.position + more <= this.bytes.length) return;
    const { size } = this;
    // A slab of another size is not used for further pieces.
    const larger = Buffer.allocUnsafeSlow(Math.max(SLAB_SIZE, size + more) * 2);
    this.bytes.copy(larger, 0, this.#start, this.position);
    this.bytes = larger;
    this.#start = 0;
    this.position = size;
  }

  protected byte(value: number): void {
    this.reserve(1);
    this.bytes[this.position++] = value;
  }
}
