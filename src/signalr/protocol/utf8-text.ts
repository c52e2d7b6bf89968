import { isAscii, isUtf8 } from 'node:buffer';
import { asciiText } from './ascii-text';

/** Up to this many bytes, checking each is faster than the calls into C++ that check many. */
const SHORT_TEXT = 24;

/** The string of bytes in UTF-8, `undefined` when they are not valid UTF-8 (a lone surrogate, an overlong form). */
export function utf8Text(bytes: Buffer, start: number, end: number): string | undefined {
  if (end - start <= SHORT_TEXT && areAscii(bytes, start, end)) return asciiText(bytes, start, end);
  const text = bytes.subarray(start, end);
  if (isAscii(text)) return text.toString('latin1');
  return isUtf8(text) ? text.toString('utf8') : undefined;
}

function areAscii(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i]! >= 0x80) return false;
  }
  return true;
}
