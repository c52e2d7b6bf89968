/** So many bytes are allocated together, as Node.js does it for small buffers. */
const SLAB_SIZE = 8 * 1024;
/** A text or message begins only where so much is left. */
const MINIMUM_ROOM = 512;

/**
 * Bytes in the making. One object makes one piece after the other, many of them in one slab: a piece once given is never
 * written over.
 */
export abstract class SlabWriter {
  protected bytes = Buffer.allocUnsafeSlow(SLAB_SIZE);
  /** Where the next byte goes. */
  protected position = 0;
  /** Where the present piece begins. */
  #start = 0;
  /** How much of the slab was given away. */
  #taken = 0;

  /** Begins a new piece; one that was not taken is forgotten. */
  protected begin(): void {
    if (this.bytes.length !== SLAB_SIZE || this.#taken > SLAB_SIZE - MINIMUM_ROOM) {
      this.bytes = Buffer.allocUnsafeSlow(SLAB_SIZE);
      this.#taken = 0;
    }
    this.#start = this.position = this.#taken;
  }

  /** How long the present piece is. */
  protected get size(): number {
    return this.position - this.#start;
  }

  /** Gives the present piece from its byte `from` on. */
  protected take(from = 0): Buffer {
    this.#taken = this.position;
    return this.bytes.subarray(this.#start + from, this.position);
  }

  /** Makes room for so many bytes more. */
  protected reserve(more: number): void {
    if (this.position + more <= this.bytes.length) return;
    const { size } = this;
    // A slab of another size is not used for other pieces.
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
