import { isUtf8 } from 'node:buffer';

const NONE = Buffer.alloc(0);

/** Checks text that comes in pieces, which may end within a character. RFC 6455, 8.1. */
export class Utf8Check {
  /** The beginning of a character whose rest is still to come. */
  #begun: Buffer = NONE;

  /** Whether a piece goes on well. */
  takes(piece: Buffer): boolean {
    if (this.#begun.length === 0 && isUtf8(piece)) return true;
    const bytes = Buffer.concat([this.#begun, piece]);
    const whole = bytes.length - begunAtEnd(bytes);
    this.#begun = bytes.subarray(whole);
    return isUtf8(bytes.subarray(0, whole));
  }
}

/** How many bytes at the end are the beginning of a character. */
function begunAtEnd(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    // Bytes that go on with a character are below 0xc0.
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < lengthOf(byte) && mayBegin(bytes.subarray(bytes.length - back)) ? back : 0;
  }
  return 0;
}

function lengthOf(first: number): number {
  if (first >= 0xf0) return 4;
  return first >= 0xe0 ? 3 : 2;
}

/** Whether there is an end that makes a character of this beginning. */
function mayBegin(begun: Buffer): boolean {
  const missing = lengthOf(begun[0]!) - begun.length;
  // Of the continuations only the second byte of a character is restricted further.
  return [0x80, 0xbf].some((rest) => isUtf8(Buffer.concat([begun, Buffer.alloc(missing, rest)])));
}
