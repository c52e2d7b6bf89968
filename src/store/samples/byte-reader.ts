/** Up to here the operators on bits are exact. */
const SMALL = 2 ** 31;

/** Reads what a `ByteWriter` wrote. */
export class ByteReader {
  #at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, start = 0) {
    this.#bytes = bytes;
    this.#at = start;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The offset of what is read next. */
  get position(): number {
    return this.#at;
  }

  /** What it reads. */
  get source(): Buffer {
    return this.#bytes;
  }

  skip(count: number): void {
    this.#at += count;
  }

  byte(): number {
    return this.#bytes[this.#at++]!;
  }

  natural(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    byte = bytes[this.#at++]!;
    value |= (byte & 0x7f) << 7;
    if (byte < 0x80) return value;
    byte = bytes[this.#at++]!;
    value |= (byte & 0x7f) << 14;
    if (byte < 0x80) return value;
    let unit = 2 ** 21;
    do {
      byte = bytes[this.#at++]!;
      value += (byte & 0x7f) * unit;
      unit *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  integer(): number {
    const value = this.natural();
    if (value < SMALL) return (value >>> 1) ^ -(value & 1);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  int64(): bigint {
    const value = this.#bytes.readBigInt64LE(this.#at);
    this.#at += 8;
    return value;
  }

  float64(): number {
    const value = this.#bytes.readDoubleLE(this.#at);
    this.#at += 8;
    return value;
  }

  bytes(): Buffer {
    const length = this.natural();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return this.bytes().toString();
  }
}
