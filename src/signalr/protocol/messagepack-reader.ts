import { utf8Text } from './utf8-text';

/** The type of a MessagePack value, as far as its first bytes tell. MessagePack specification: Type system. */
export const TOKEN = {
  /** The bytes end too early, or begin with a byte that begins no value. */
  Broken: -1,
  Nil: 0,
  Boolean: 1,
  /** An integer that a number holds exactly. */
  Integer: 2,
  /** A 64-bit integer that a number does not hold exactly. */
  Long: 3,
  Float: 4,
  String: 5,
  Binary: 6,
  Array: 7,
  Map: 8,
  Extension: 9,
} as const;

export type TOKEN = (typeof TOKEN)[keyof typeof TOKEN];

/**
 * The width of the number or length behind each of the first bytes 0xc0 to 0xdf. MessagePack specification: Overview.
 */
const widths = [
  [0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 4, 8, 1, 2, 4, 8],
  [1, 2, 4, 8, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4],
].flat();

const empty = Buffer.alloc(0);

/**
 * Reads MessagePack values one token at a time. It never throws and allocates nothing: a length that goes beyond the
 * bytes at hand makes the value broken.
 */
export class MessagePackReader {
  bytes: Buffer = empty;
  position = 0;
  end = 0;
  /** The boolean read last. */
  boolean = false;
  /** The integer read last. */
  integer = 0;
  /** Whether the long integer read last is negative. */
  negative = false;
  /** The float read last. */
  float = 0;
  /** Where the bytes of the long integer, string, binary or extension read last begin. */
  start = 0;
  /** Their number; or the number of items or pairs of the array or map read last. */
  length = 0;
  /** The type of the extension read last. */
  extensionType = 0;

  reset(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** Reads one token; the items of an array or map are tokens of their own. */
  next(): TOKEN {
    if (this.position >= this.end) return TOKEN.Broken;
    const first = this.bytes[this.position++]!;
    if (first < 0x80) return this.#setInteger(first);
    if (first < 0x90) return this.#openMap(first & 0x0f);
    if (first < 0xa0) return this.#openArray(first & 0x0f);
    if (first < 0xc0) return this.#skipContents(TOKEN.String, first & 0x1f);
    if (first >= 0xe0) return this.#setInteger(first - 0x100);
    const width = widths[first - 0xc0]!;
    if (width > this.end - this.position) return TOKEN.Broken;
    const at = this.position;
    this.position += width;
    return this.#wide(first, at, width);
  }

  /** Skips one value with everything in it. Returns false when it is broken. */
  skip(): boolean {
    let pending = 1;
    while (pending > 0) {
      pending--;
      const token = this.next();
      if (token === TOKEN.Broken) return false;
      if (token === TOKEN.Array) pending += this.length;
      else if (token === TOKEN.Map) pending += 2 * this.length;
    }
    return true;
  }

  /** Whether the value at the position is at most so many bytes long, as far as it is not broken. Reads nothing. */
  isWithin(size: number): boolean {
    const { position } = this;
    const limit = position + size;
    if (limit >= this.end) return true;
    let pending = 1;
    while (pending > 0 && this.position <= limit) {
      pending--;
      const token = this.next();
      if (token === TOKEN.Broken) break;
      if (token === TOKEN.Array) pending += this.length;
      else if (token === TOKEN.Map) pending += 2 * this.length;
    }
    const within = this.position <= limit;
    this.position = position;
    return within;
  }

  /** The string read last, `undefined` when it is not valid UTF-8. */
  text(): string | undefined {
    return utf8Text(this.bytes, this.start, this.start + this.length);
  }

  /** The long integer read last. */
  long(): bigint {
    return this.negative ? this.bytes.readBigInt64BE(this.start) : this.bytes.readBigUInt64BE(this.start);
  }

  /** The bytes of the binary or extension read last, as a view. */
  contents(): Buffer {
    return this.bytes.subarray(this.start, this.start + this.length);
  }

  #wide(first: number, at: number, width: number): TOKEN {
    switch (first) {
      case 0xc0:
        return TOKEN.Nil;
      case 0xc2:
      case 0xc3:
        this.boolean = first === 0xc3;
        return TOKEN.Boolean;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#skipContents(TOKEN.Binary, this.#unsigned(at, width));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#skipExtension(this.#unsigned(at, width));
      case 0xca:
        this.float = this.bytes.readFloatBE(at);
        return TOKEN.Float;
      case 0xcb:
        this.float = this.bytes.readDoubleBE(at);
        return TOKEN.Float;
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#setInteger(this.#unsigned(at, width));
      case 0xcf:
        return this.#setLong(this.bytes.readUInt32BE(at), at);
      case 0xd0:
      case 0xd1:
      case 0xd2:
        return this.#setInteger(this.bytes.readIntBE(at, width));
      case 0xd3:
        return this.#setLong(this.bytes.readInt32BE(at), at);
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#skipExtension(1 << (first - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#skipContents(TOKEN.String, this.#unsigned(at, width));
      case 0xdc:
      case 0xdd:
        return this.#openArray(this.#unsigned(at, width));
      case 0xde:
      case 0xdf:
        return this.#openMap(this.#unsigned(at, width));
      default:
        return TOKEN.Broken;
    }
  }

  #unsigned(at: number, width: number): number {
    if (width === 1) return this.bytes[at]!;
    return width === 2 ? this.bytes.readUInt16BE(at) : this.bytes.readUInt32BE(at);
  }

  #setInteger(value: number): TOKEN {
    this.integer = value;
    return TOKEN.Integer;
  }

  #setLong(high: number, at: number): TOKEN {
    const value = high * 0x1_0000_0000 + this.bytes.readUInt32BE(at + 4);
    if (Number.isSafeInteger(value)) return this.#setInteger(value);
    this.negative = high < 0;
    this.start = at;
    return TOKEN.Long;
  }

  /** Every item takes at least one byte, so a greater number of them is broken at once. */
  #openArray(count: number): TOKEN {
    this.length = count;
    return count <= this.end - this.position ? TOKEN.Array : TOKEN.Broken;
  }

  #openMap(count: number): TOKEN {
    this.length = count;
    return 2 * count <= this.end - this.position ? TOKEN.Map : TOKEN.Broken;
  }

  #skipExtension(length: number): TOKEN {
    if (this.position >= this.end) return TOKEN.Broken;
    this.extensionType = this.bytes.readInt8(this.position++);
    return this.#skipContents(TOKEN.Extension, length);
  }

  #skipContents(token: TOKEN, length: number): TOKEN {
    if (length > this.end - this.position) return TOKEN.Broken;
    this.start = this.position;
    this.length = length;
    this.position += length;
    return token;
  }
}
