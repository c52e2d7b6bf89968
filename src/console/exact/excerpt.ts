/** Characters of a text that are shown unless all of it is asked for. */
export const EXCERPT = 1_024;

/** The beginning of a text, cut between characters: never in the middle of a pair of surrogates. */
export function excerptOf(text: string, most = EXCERPT): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}

/** Bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) continue;
    if (code >= 0xd800 && code <= 0xdbff) index += 1;
    // Two units of UTF-16 are four bytes; others take two or three.
    bytes += code < 0x800 ? 1 : 2;
  }
  return bytes;
}
