/** The most characters of a sender's text that one message repeats. */
const LONGEST = 40;

/** The start of a sender's text, short enough for a message or a log, without control characters. */
export function excerpt(text: string): string {
  // Cut by code points, so that no surrogate pair is split; text far behind the cut is not even looked at.
  const points = Array.from(text.slice(0, 2 * LONGEST + 2));
  const cut = points.length > LONGEST;
  const shown = (cut ? points.slice(0, LONGEST - 1) : points).join('').replace(/\p{Cc}/gu, '\uFFFD');
  return cut ? `${shown}…` : shown;
}

/** The start of the UTF-8 text between two offsets, as `excerpt` shows it. */
export function excerptBytes(bytes: Uint8Array, start: number, end: number): string {
  const length = Math.min(end - start, 4 * LONGEST + 4);
  return excerpt(Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString());
}
