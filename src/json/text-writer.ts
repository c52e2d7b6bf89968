/** Up to this many bytes are copied one by one, which is faster than a call. */
const FEW = 64;

/** Makes the error that is thrown when a text would take more bytes than its limit. */
export type TooLarge = (limit: number) => Error;

/** Writes a UTF-8 text into a buffer that grows up to a limit. */
export class TextWriter {
  /** Only the first `length` bytes have been written. */
  bytes: Buffer;
  length = 0;

  readonly #limit: number;
  readonly #tooLarge: TooLarge;

  /** `capacity`: bytes to begin with; `limit`: the most bytes the text may take, beyond which `tooLarge` is thrown. */
  constructor(capacity: number, limit = Infinity, tooLarge: TooLarge = overLimit) {
    this.#limit = limit;
    this.#tooLarge = tooLarge;

    this.bytes = Buffer.allocUnsafe(capacity);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.#grow(this.length + count);
  }

  push(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Copies the bytes between two offsets of another buffer. */
  copy(from: Buffer, start: number, end: number): void {
    const count = end - start;
    this.reserve(count);
    const { bytes, length } = this;
    if (count > FEW) bytes.set(from.subarray(start, end), length);
    else for (let i = 0; i < count; i++) bytes[length + i] = from[start + i]!;
    this.length = length + count;
  }

  /** Writes a text that consists of ASCII characters. */
  ascii(text: string): void {
    this.reserve(text.length);
    this.length += this.bytes.write(text, this.length, 'latin1');
  }

  /** Writes any text. */
  text(text: string): void {
    this.reserve(3 * text.length);
    this.length += this.bytes.write(text, this.length);
  }

  /** The bytes written so far. They share the writer's memory. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  #grow(needed: number): void {
    if (needed > this.#limit) throw this.#tooLarge(this.#limit);
    const grown = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(needed, 2 * this.bytes.length)));
    grown.set(this.written());
    this.bytes = grown;
  }
}

function overLimit(limit: number): RangeError {
  return new RangeError(`the text takes more than ${limit} bytes`);
}
