import { JSON_BYTES } from './json-bytes';

const { RECORD_SEPARATOR, SPACE } = JSON_BYTES;

/** The length of a byte order mark at the start of a text, 0 if there is none. RFC 8259: 8.1. Character Encoding */
export function markLength(text: Uint8Array): number {
  return text.length >= 3 && text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0;
}

/** Where a text begins, behind a byte order mark and record separators. RFC 8142: 2. GeoJSON Text Sequence Syntax */
export function textStart(text: Uint8Array): number {
  let start = markLength(text);
  for (let at = start; at < text.length && text[at]! <= SPACE; at++) {
    if (text[at] === RECORD_SEPARATOR) start = at + 1;
  }
  return start;
}
