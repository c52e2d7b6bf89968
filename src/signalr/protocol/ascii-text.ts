const { fromCharCode } = String;
const SHORT_TEXT = 16;

/**
 * The string of bytes that are known to be ASCII. Ids and names are short, and for those this is several times faster
 * than `toString`, which calls into C++.
 */
export function asciiText(bytes: Buffer, start: number, end: number): string {
  if (end - start > SHORT_TEXT) return bytes.toString('latin1', start, end);
  let text = '';
  let i = start;
  for (; i + 4 <= end; i += 4) text += fromCharCode(bytes[i]!, bytes[i + 1]!, bytes[i + 2]!, bytes[i + 3]!);
  switch (end - i) {
    case 3:
      return text + fromCharCode(bytes[i]!, bytes[i + 1]!, bytes[i + 2]!);
    case 2:
      return text + fromCharCode(bytes[i]!, bytes[i + 1]!);
    case 1:
      return text + fromCharCode(bytes[i]!);
    default:
      return text;
  }
}
