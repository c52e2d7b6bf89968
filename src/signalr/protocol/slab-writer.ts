/** How many bytes are allocated together, as Node.js does for small buffers. */
const SLAB_SIZE = 8 * 1024;
/** A piece begins only where this many bytes are left. */
const MINIMUM_ROOM = 512;
/** How much of a long piece is moved to a larger slab in one step. */
const MOVED_IN_STEP = 1024 * 1024;

/** Writes pieces of bytes, one after another, many of them in one slab. A piece that was taken is never overwritten. */
export abstract class SlabWriter {
  protected bytes = Buffer.allocUnsafeSlow(SLAB_SIZE);
  /** Where the next byte goes. */
  protected position = 0;
  /** Where the current piece begins. */
  #start = 0;
  /** How much of the slab belongs to pieces that were taken. */
  #taken = 0;
  /** The slab that the current piece is being moved to, and how much of it is there. */
  #larger: Buffer<ArrayBuffer> | undefined;
  #moved = 0;

  /** Begins a new piece; one that was not taken is lost. */
  protected begin(): void {
    if (this.bytes.length !== SLAB_SIZE || this.#taken > SLAB_SIZE - MINIMUM_ROOM) {
      this.bytes = Buffer.allocUnsafeSlow(SLAB_SIZE);
      this.#taken = 0;
    }
    this.#start = this.position = this.#taken;
    this.#larger = undefined;
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
    this.#larger = this.#allocate(more);
    this.#move(this.size);
  }

  /**
   * Makes room for `more` bytes in steps, between which nothing may be written. Returns whether it is there. Moving a
   * piece of many megabytes at once takes tens of milliseconds.
   */
  protected reserveInSteps(more: number): boolean {
    if (this.position + more <= this.bytes.length) return true;
    this.#larger ??= this.#allocate(more);
    return this.#move(Math.min(this.size, this.#moved + MOVED_IN_STEP));
  }

  #allocate(more: number): Buffer<ArrayBuffer> {
    this.#moved = 0;
    return Buffer.allocUnsafeSlow(Math.max(SLAB_SIZE, this.size + more) * 2);
  }

  /** Moves the current piece up to a length. Returns whether all of it has been moved. */
  #move(until: number): boolean {
    const { size } = this;
    this.bytes.copy(this.#larger!, this.#moved, this.#start + this.#moved, this.#start + until);
    this.#moved = until;
    if (until < size) return false;
    // A slab of another size is not used for further pieces.
    this.bytes = this.#larger!;
    this.#larger = undefined;
    this.#start = 0;
    this.position = size;
    return true;
  }

  protected byte(value: number): void {
    this.reserve(1);
    this.bytes[this.position++] = value;
  }
}
