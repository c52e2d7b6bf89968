import { JSON_BYTES } from '../json/json-bytes';

const { SPACE } = JSON_BYTES;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = '='.charCodeAt(0);

/** What a byte that is not of the alphabet stands for. */
const NONE = 64;

/** The six bits that each byte of the alphabet stands for. RFC 4648, section 4. */
const SIX_BITS = new Uint8Array(256).fill(NONE);
for (let bits = 0; bits < ALPHABET.length; bits++) SIX_BITS[ALPHABET.charCodeAt(bits)] = bits;

/**
 * Why the bytes between two offsets are not base64 with its padding, as the end of a sentence; `undefined` when they
 * are. RFC 4648, sections 3.2 to 3.5 and 4.
 */
export function base64Fault(bytes: Uint8Array, start: number, end: number): string | undefined {
  const last = endOfAlphabet(bytes, start, end);
  const padding = end - last;
  if (padding > 2 || !isPadding(bytes, last, end)) return letterFault(bytes, last, end);
  if ((end - start) % 4 !== 0) {
    return padding === 0 && (end - start) % 4 !== 1 ? 'without its padding' : 'of a length that no bytes give';
  }
  // Two letters carry 12 bits for one byte, three 18 bits for two: what is left over is zero.
  const leftOver = padding === 0 ? 0 : SIX_BITS[bytes[last - 1]!]! & (padding === 2 ? 15 : 3);
  return leftOver === 0 ? undefined : 'of which its last bits are lost';
}

function endOfAlphabet(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && SIX_BITS[bytes[at]!]! !== NONE) at++;
  return at;
}

function isPadding(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] !== PADDING) return false;
  return true;
}

/** What is wrong from an offset on, where neither a letter of the alphabet nor the padding is. */
function letterFault(bytes: Uint8Array, start: number, end: number): string {
  let at = start;
  while (at < end && (bytes[at] === PADDING || SIX_BITS[bytes[at]!]! !== NONE)) at++;
  if (at === end) return 'with an equals sign before its end';
  const byte = bytes[at]!;
  if (byte <= SPACE) return 'with white space';
  const letter = String.fromCharCode(byte);
  if (letter === '-' || letter === '_') return `of the alphabet for URLs, with "${letter}": write + and /`;
  return byte < 0x7f ? `with "${letter}"` : 'with a letter beyond ASCII';
}
