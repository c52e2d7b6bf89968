import { JSON_BYTES } from './json-bytes';

const { LINE_FEED, RECORD_SEPARATOR, SPACE, QUOTE, COMMA, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } =
  JSON_BYTES;

/** How many bytes around a fault are looked at. */
const NEARBY = 200;

const UTF_16 = 'it is UTF-16: encode it as UTF-8';

/** What other formats begin with, and what to do about each. */
const BEGINNINGS: readonly (readonly [readonly number[], string])[] = [
  [[0x1f, 0x8b], 'it is gzip: send the header Content-Encoding: gzip'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'it is zstd: send the header Content-Encoding: zstd'],
  [[0x78, 0x9c], 'it is compressed with zlib: send the header Content-Encoding: deflate'],
  [[0x78, 0xda], 'it is compressed with zlib: send the header Content-Encoding: deflate'],
  [[0x78, 0x01], 'it is compressed with zlib: send the header Content-Encoding: deflate'],
  [[0x42, 0x5a, 0x68], 'it is bzip2: compress it with gzip or zstd instead, and name that in Content-Encoding'],
  [
    [0xfd, 0x37, 0x7a, 0x58, 0x5a],
    'it is xz: compress it with gzip or zstd instead, and name that in Content-Encoding',
  ],
  [[0x50, 0x4b, 0x03, 0x04], 'it is a zip archive: send what is in it'],
  [[0x50, 0x41, 0x52, 0x31], 'it is Parquet: send a JSON object for each row'],
  [[0xff, 0xfe, 0x00, 0x00], 'it is UTF-32: encode it as UTF-8'],
  [[0x00, 0x00, 0xfe, 0xff], 'it is UTF-32: encode it as UTF-8'],
  [[0xff, 0xfe], UTF_16],
  [[0xfe, 0xff], UTF_16],
];

/** What some serialisers write for values that JSON writes otherwise, or not at all. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(True|False|None)\b/, 'that is Python: json.dumps writes true, false and null'],
  [/^(-?Infinity|-?NaN|-?inf\b|nan\b)/i, 'JSON has no such number: send null, or leave the field out'],
  [/^undefined\b/, 'JSON has no undefined: send null, or leave the field out'],
  [/^(\/\/|\/\*|#)/, 'JSON has no comments: take them out'],
  [/^'/, 'JSON has double quotes: json.dumps of Python and JSON.stringify of JavaScript write them'],
  [/^[\u2018-\u201f]/, 'those are typographic quotes: JSON has plain ones, as on a keyboard'],
  [/^\+\d/, 'a number has no + in front of it'],
  [/^\.\d/, 'a number has a digit in front of its point'],
  [/^\uFEFF/, 'that is a byte order mark, which may be at the start of the text only'],
  [/^[A-Za-z_$][\w$]*\s*:/, 'names are in double quotes in JSON: JSON.stringify of JavaScript writes them'],
];

/** What a text is instead of JSON, seen by its first line. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [/^payload=%7B/i, 'it is a form: have the webhook send the content type application/json'],
  [/^[\w.%+[\]-]+=[^\s{]*(&|$)/, 'it is a form: send JSON as the body itself'],
  [/^</, 'it is XML or HTML: send JSON'],
  [/^"?[A-Za-z_][\w .-]*"?([,;\t]"?[\w .-]*"?)+\r?$/, 'it looks like CSV: send a JSON object for each line'],
];

/**
 * What to do about a text that is not JSON at a byte, where that can be told; begins with `; `. `several` says what to
 * do with objects that follow one another.
 */
export function remedyFor(text: Buffer, at: number, several: string): string {
  const remedy = ofEncoding(text) ?? ofPlace(text, at, several) ?? ofWhole(text, at);
  return remedy === undefined ? '' : `; ${remedy}`;
}

/** What to do about a string that holds JSON, and begins at a byte; begins with `; `. */
export function remedyForString(text: Buffer, at: number): string {
  if (text[at] !== QUOTE) return '';
  let first = at + 1;
  while (first < text.length && first < at + NEARBY && text[first]! <= SPACE) first++;
  const holds = text[first];
  const isJson = holds === OPEN_OBJECT || holds === OPEN_ARRAY;
  return isJson ? '; it is JSON that has been encoded twice: send what the string holds' : '';
}

/** By the first bytes of the text: what it is when it is no UTF-8. */
function ofEncoding(text: Buffer): string | undefined {
  const known = BEGINNINGS.find(([bytes]) => bytes.every((byte, index) => text[index] === byte));
  if (known !== undefined) return known[1];
  const [first = 1, second = 1] = text;
  // RFC 4627, section 3: the first two characters of a JSON text are ASCII.
  return text.length > 1 && (first === 0) !== (second === 0) ? UTF_16 : undefined;
}

/** By what stands at the fault. */
function ofPlace(text: Buffer, at: number, several: string): string | undefined {
  const byte = text[at];
  if (byte === undefined) return undefined;
  if (byte === 0 && (text[at - 2] === 0 || text[at + 2] === 0)) return UTF_16;
  const before = text[lastBefore(text, at)];
  if (before === COMMA && (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY)) return 'the comma before it is one too many';
  if (before === CLOSE_OBJECT && (byte === OPEN_OBJECT || byte === RECORD_SEPARATOR)) return several;
  if (before === CLOSE_OBJECT && byte === COMMA) {
    return 'objects with commas between them are an array: put [ before and ] behind them';
  }
  const found = text.toString('utf8', at, Math.min(at + NEARBY, text.length));
  if (before === QUOTE && /^[A-Za-z]/.test(found)) return 'a quote in a string is written \\"';
  return WORDS.find(([pattern]) => pattern.test(found))?.[1];
}

/** The offset of the last byte before another that is not white space; -1: there is none nearby. */
function lastBefore(text: Buffer, at: number): number {
  let last = at - 1;
  while (last >= 0 && last > at - NEARBY && text[last]! <= SPACE) last--;
  return last;
}

/** By the beginning of a text that does not begin like JSON. */
function ofWhole(text: Buffer, at: number): string | undefined {
  const start = text.subarray(0, NEARBY);
  const lineEnd = start.indexOf(LINE_FEED);
  const line = (lineEnd === -1 ? start : start.subarray(0, lineEnd)).toString();
  const known = at < NEARBY ? TEXTS.find(([pattern]) => pattern.test(line))?.[1] : undefined;
  if (known !== undefined) return known;
  const byte = text[at] ?? 0;
  return byte >= 0x80 ? 'encode the text as UTF-8, or name its compression in Content-Encoding' : undefined;
}
