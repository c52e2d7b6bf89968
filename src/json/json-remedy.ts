import { JSON_BYTES } from './json-bytes';

const { LINE_FEED, RECORD_SEPARATOR, SPACE, QUOTE, COMMA, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT } =
  JSON_BYTES;

/** How many bytes around a fault are looked at. */
const NEARBY = 200;

/** Where a text came in: in a request, whose headers can name its form, or from standard input. */
export type Door = 'request' | 'stdin';

/** What a text is in, and what to do about that at each door. */
interface Encoding {
  readonly is: string;
  readonly request: string;
  /** What makes JSON of it, which is piped into `writer-hub send`. */
  readonly stdin: string;
}

const inCoding = (is: string, coding: string, stdin: string): Encoding => ({
  is,
  request: `send the header Content-Encoding: ${coding}`,
  stdin,
});

const UTF_16: Encoding = { is: 'UTF-16', request: 'encode it as UTF-8', stdin: 'iconv -f UTF-16 -t UTF-8 FILE' };
const UTF_32: Encoding = { is: 'UTF-32', request: 'encode it as UTF-8', stdin: 'iconv -f UTF-32 -t UTF-8 FILE' };
const ZLIB = inCoding('compressed with zlib', 'deflate', 'pigz -dc FILE');
const OTHER_COMPRESSION = 'compress it with gzip or zstd instead, and name that in Content-Encoding';
const JSON_ROWS = 'send a JSON object for each row';

/** What other formats begin with, and what to do about each. */
const BEGINNINGS: readonly (readonly [readonly number[], Encoding])[] = [
  [[0x1f, 0x8b], inCoding('gzip', 'gzip', 'gunzip -c FILE')],
  [[0x28, 0xb5, 0x2f, 0xfd], inCoding('zstd', 'zstd', 'zstd -dc FILE')],
  [[0x78, 0x9c], ZLIB],
  [[0x78, 0xda], ZLIB],
  [[0x78, 0x01], ZLIB],
  [[0x42, 0x5a, 0x68], { is: 'bzip2', request: OTHER_COMPRESSION, stdin: 'bunzip2 -c FILE' }],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], { is: 'xz', request: OTHER_COMPRESSION, stdin: 'xz -dc FILE' }],
  [[0x50, 0x4b, 0x03, 0x04], { is: 'a zip archive', request: 'send what is in it', stdin: 'unzip -p FILE' }],
  [[0x50, 0x41, 0x52, 0x31], { is: 'Parquet', request: JSON_ROWS, stdin: JSON_ROWS }],
  [[0xff, 0xfe, 0x00, 0x00], UTF_32],
  [[0x00, 0x00, 0xfe, 0xff], UTF_32],
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
 * do with objects that follow one another, and `door` where the text came in.
 */
export function remedyFor(text: Buffer, at: number, several: string, door: Door = 'request'): string {
  const encoding = ofEncoding(text) ?? wideAt(text, at);
  const remedy =
    encoding === undefined ? (ofPlace(text, at, several) ?? ofWhole(text, at, door)) : wayOut(encoding, door);
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
function ofEncoding(text: Buffer): Encoding | undefined {
  const known = BEGINNINGS.find(([bytes]) => bytes.every((byte, index) => text[index] === byte));
  if (known !== undefined) return known[1];
  const [first = 1, second = 1] = text;
  // RFC 4627, section 3: the first two characters of a JSON text are ASCII.
  return text.length > 1 && (first === 0) !== (second === 0) ? UTF_16 : undefined;
}

/** By a NUL at the fault, which is half of a character of UTF-16 where another one is near. */
function wideAt(text: Buffer, at: number): Encoding | undefined {
  return text[at] === 0 && (text[at - 2] === 0 || text[at + 2] === 0) ? UTF_16 : undefined;
}

function wayOut({ is, request, stdin }: Encoding, door: Door): string {
  if (door === 'request') return `it is ${is}: ${request}`;
  return `it is ${is}: ${stdin === JSON_ROWS ? stdin : `${stdin} | writer-hub send …`}`;
}

/** By what stands at the fault. */
function ofPlace(text: Buffer, at: number, several: string): string | undefined {
  const byte = text[at];
  if (byte === undefined) return undefined;
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
function ofWhole(text: Buffer, at: number, door: Door): string | undefined {
  const start = text.subarray(0, NEARBY);
  const lineEnd = start.indexOf(LINE_FEED);
  const line = (lineEnd === -1 ? start : start.subarray(0, lineEnd)).toString();
  const known = at < NEARBY ? TEXTS.find(([pattern]) => pattern.test(line))?.[1] : undefined;
  if (known !== undefined) return known;
  const byte = text[at] ?? 0;
  if (byte < 0x80) return undefined;
  const compressed = door === 'request' ? 'name its compression in Content-Encoding' : 'decompress it first';
  return `encode the text as UTF-8, or ${compressed}`;
}
