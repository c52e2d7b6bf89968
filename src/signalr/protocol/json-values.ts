import { asciiText } from './ascii-text';
import { parseIsoDate } from './exact-date';
import { readExactly } from './exact-json-reader';
import { decodeJson, type JsonScanner, parseText } from './json-scanner';
import { KnownTexts } from './known-texts';
import { malformed, SIGN } from './json-signs';
import { doubleOf, int64Of, integerOf, isDecimalText, numberOf } from './number-texts';
import { misfit } from './value-binding';
import { plainKind, takesNull, type ValueKind } from './value-kinds';
import { hasWellFormedTexts, isWellFormed } from './well-formed';

/** An integer that may be more than a number holds, or an exponent that may be more, but not behind a quote. */
const GREAT_NUMBER = /(?:^|[\s,:[])-?(?:[0-9]{16}|[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]{3})/;
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Ids come as arguments, the same ones on many connections. */
const KNOWN = new KnownTexts();

/** RFC 4648, section 4. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$/;

/**
 * The value in `bytes[start, end)` of the scanner, bound to a kind other than `rawJson`.
 * @throws InvalidDataException when it is not JSON, or not of that kind.
 */
export function readJsonValue(kind: ValueKind, scanner: JsonScanner, start: number, end: number): unknown {
  const { bytes } = scanner;
  const first = bytes[start];
  if (kind === 'json') return first === SIGN.Quote ? readText(scanner, start) : parseExactly(bytes, start, end);
  if (kind === 'string') return readText(scanner, start);
  if (kind === 'rawJson') return bytes.subarray(start, end);
  if (first === SIGN.SmallN && takesNull(kind) && asciiText(bytes, start, end) === 'null') return null;
  return readScalar(kind, scanner, start, end);
}

function readScalar(kind: ValueKind, scanner: JsonScanner, start: number, end: number): unknown {
  const { bytes } = scanner;
  const plain = plainKind(kind);
  if (plain === 'string') return readText(scanner, start);
  if (plain === 'bytes' || plain === 'date') {
    const text = readText(scanner, start);
    const value = plain === 'bytes' ? bytesOf(text) : parseIsoDate(text);
    if (value === undefined) throw misfit();
    return value;
  }
  // Strings, arrays and objects are no such value either.
  const value = literalOf(plain, asciiText(bytes, start, end));
  if (value === undefined) throw misfit();
  return value;
}

/** The value of a number or a word, `undefined` when it is not of this kind. */
function literalOf(kind: string, text: string): unknown {
  switch (kind) {
    case 'number':
      return numberOf(text);
    case 'double':
      return doubleOf(text);
    case 'integer':
      return integerOf(text);
    case 'int32': {
      const value = integerOf(text);
      return value !== undefined && (value | 0) === value ? value : undefined;
    }
    case 'int64':
      return int64Of(text);
    case 'decimal':
      return isDecimalText(text) ? text : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    default:
      return undefined;
  }
}

/** @throws InvalidDataException when it is no string, or holds a lone surrogate. */
function readText(scanner: JsonScanner, start: number): string {
  if (scanner.bytes[start] !== SIGN.Quote) throw misfit();
  scanner.position = start;
  const text = scanner.readString(KNOWN);
  // UTF-8 has none, but an escape may be one.
  if (!isWellFormed(text)) throw misfit();
  return text;
}

/** Parses any value without losing digits of its integers. @throws InvalidDataException */
function parseExactly(bytes: Buffer, start: number, end: number): unknown {
  const text = decodeJson(bytes, start, end);
  const value = parseText(text);
  if (text.includes('\\u') && SURROGATE_ESCAPE.test(text) && !hasWellFormedTexts(value)) throw misfit();
  if (!GREAT_NUMBER.test(text)) return value;
  try {
    return readExactly(text);
  } catch {
    throw malformed();
  }
}

function bytesOf(text: string): Uint8Array | undefined {
  // Its own memory: what Node.js gives for a short text is a piece of a pool.
  return BASE64.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : undefined;
}
