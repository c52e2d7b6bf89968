import { WriterHubError } from '../errors';

/** So many bytes are copied one by one, which is faster than a call. */
const FEW = 64;

/** A growing text of bytes. Throws `message_too_large` when it would grow over its limit. */
export class ByteWriter {
  /** Only the first `length` bytes are written. */
  bytes: Buffer;
  length = 0;

  readonly #limit: number;

  constructor(capacity: number, limit: number) {
    this.#limit = limit;

    this.bytes = Buffer.allocUnsafe(capacity);
  }

  /** Makes room for so many bytes more. */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.#grow(this.length + count);
  }

  push(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Copies what lies between two offsets of other bytes. */
  copy(from: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    this.length = copyBytes(this.bytes, this.length, from, start, end);
  }

  /** Writes a text of ASCII alone. */
  ascii(text: string): void {
    this.reserve(text.length);
    this.length += this.bytes.write(text, this.length, 'latin1');
  }

  /** Writes a text as UTF-8. */
  text(text: string): void {
    this.reserve(3 * text.length);
    this.length += this.bytes.write(text, this.length);
  }

  /** What was written. It shares the writer's memory. */
  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  #grow(needed: number): void {
    if (needed > this.#limit) {
      const megabytes = Math.round(this.#limit / 1024 / 1024);
      const reason = `with all their columns the rows take more than ${megabytes} MiB; send fewer of them at once`;
      throw new WriterHubError('message_too_large', reason);
    }
    const grown = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(needed, 2 * this.bytes.length)));
    grown.set(this.written());
    this.bytes = grown;
  }
}

/** Copies what lies between two offsets to an offset of other bytes, where there is room for it, and gives the offset behind it. */
export function copyBytes(to: Buffer, offset: number, from: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length > FEW) to.set(from.subarray(start, end), offset);
  else for (let i = 0; i < length; i++) to[offset + i] = from[start + i]!;
  return offset + length;
}
