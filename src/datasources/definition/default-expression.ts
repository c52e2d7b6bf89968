import { excerpt } from '../../json/excerpt';
import type { ColumnType } from '../schema/column-type';
import { isNested } from '../schema/default-value';
import { scanRows } from '../rows/row-scanner';
import type { ColumnDefault } from '../schema/schema';
import { schemaError } from '../schema/schema-error';

const NOW = /^(now|now64|today)\s*\(\s*\d?\s*\)$/i;

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** A string as SQL writes it: a quote in it is doubled or escaped by a backslash. */
const STRING = /^'((?:[^'\\]|\\[^]|'')*)'$/;

/** The strings in an array as SQL writes it. */
const STRINGS = /'((?:[^'\\]|\\[^]|'')*)'/g;

/** A constant in a cast to a type, which is ignored because the column has a type. */
const CAST = /^to[A-Z]\w*\s*\(\s*([^(),]+?)\s*\)$/;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b', f: '\f' };

/** Parses the expression behind DEFAULT and checks it against the type of its column. Throws `invalid_schema`. */
export function parseDefault(text: string, type: ColumnType): ColumnDefault {
  if (NOW.test(text)) return parseNow(text, type);
  const constant = CAST.exec(text)?.[1] ?? text;
  if (/^NULL$/i.test(constant)) {
    if (!type.nullable) throw schemaError(`DEFAULT NULL needs a Nullable type, not ${type.text}`);
    return { kind: 'constant', value: null };
  }
  return { kind: 'constant', value: parseConstant(constant, type) };
}

/** The expression behind DEFAULT, as `parseDefault` reads it. */
export function renderDefault(columnDefault: ColumnDefault, type: ColumnType): string {
  if (columnDefault.kind === 'now') return type.kind === 'date' ? 'today()' : 'now()';
  const { value } = columnDefault;
  if (value === null) return 'NULL';
  if (typeof value !== 'string') return String(value);
  if (type.kind === 'array') return value;
  const escaped = value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `'${escaped}'`;
}

function parseNow(text: string, { kind, text: type }: ColumnType): ColumnDefault {
  const fits = /^today/i.test(text) ? kind === 'date' : kind === 'date_time' || kind === 'date';
  if (!fits) throw schemaError(`DEFAULT ${text} is not ${type}`);
  return { kind: 'now' };
}

function parseConstant(text: string, type: ColumnType): string | number | bigint | boolean {
  const json = jsonOf(text, type);
  const stored = storedText(json, type, text);
  if (isNested(type)) return stored;
  const value: unknown = JSON.parse(stored);
  if (type.kind === 'bool') return value === 1;
  if (type.kind !== 'integer') return value as string | number;
  const integer = BigInt(stored.replaceAll('"', ''));
  return Number.isSafeInteger(Number(integer)) ? Number(integer) : integer;
}

/** The constant as JSON. */
function jsonOf(text: string, type: ColumnType): string {
  const string = STRING.exec(text)?.[1];
  if (string !== undefined) return isNested(type) ? unescape(string) : JSON.stringify(unescape(string));
  if (JSON_NUMBER.test(text)) return text;
  if (isNested(type) && /^[[{]/.test(text)) return text.includes('"') ? text : text.replace(STRINGS, asJsonString);
  if (/^(true|false)$/i.test(text)) return text.toLowerCase();
  throw schemaError(`DEFAULT ${excerpt(text)} cannot be honoured: it is not a constant, now() or today()`);
}

function unescape(text: string): string {
  return text.replace(/''|\\([^])/g, (_, letter?: string) =>
    letter === undefined ? "'" : (ESCAPES[letter] ?? letter),
  );
}

function asJsonString(_: string, text: string): string {
  return JSON.stringify(unescape(text));
}

/** The text that is stored for a value, found by scanning a row that has nothing else. */
function storedText(json: string, type: ColumnType, text: string): string {
  const schema = { columns: [{ name: 'value', type, path: ['value'] }] };
  let reason: string;
  try {
    const body = Buffer.from(`{"value":${json}}`);
    const { rows, unknownFields, errors } = scanRows(body, schema, { format: 'json', maxDepth: 32, now: 0 });
    // More rows or fields mean that text follows the constant.
    if (rows.count === 1 && unknownFields.length === 0)
      return Buffer.from(rows.json).toString().slice('[null,'.length, -1);
    reason = errors[0]?.error.split(` is not ${type.text}`)[1] ?? '';
  } catch (error) {
    throw schemaError(`DEFAULT ${excerpt(text)} is not ${type.text}: ${error instanceof Error ? error.message : ''}`);
  }
  throw schemaError(`DEFAULT ${excerpt(text)} is not ${type.text}${reason}`);
}
