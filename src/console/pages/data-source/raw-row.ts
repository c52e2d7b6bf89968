import { LosslessNumber, parse, stringify } from 'lossless-json';

/** A JSON value of which no digit is lost. */
export type ExactJson = null | boolean | string | LosslessNumber | readonly ExactJson[] | ExactObject;
export interface ExactObject {
  readonly [name: string]: ExactJson;
}

/** A column of a data source, as the server describes it. */
export interface ColumnInfo {
  readonly name: string;
  /** `LowCardinality(Nullable(String))` */
  readonly type: string;
  readonly nullable: boolean;
  /** `$.place.city`, `$.tags[:]`, `$` */
  readonly jsonpath: string;
  readonly default_value: string | null;
  readonly inferred?: boolean;
}

/** The row as it was sent, if it is a JSON object and no key stands twice; else it can only be mended as text. */
export function parseRow(text: string): ExactObject | undefined {
  try {
    const value = parse(text, undefined, (digits) => new LosslessNumber(digits));
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber)
      ? (value as ExactObject)
      : undefined;
  } catch {
    // A row that is no JSON is a reason to be quarantined.
    return undefined;
  }
}

export function renderRow(row: ExactObject, space?: number): string {
  return stringify(row, undefined, space) ?? '{}';
}

/** The names on the way to a column's value; `undefined`: the whole row, or a path that a form has no field for. */
export function keysOf({ jsonpath }: ColumnInfo): readonly string[] | undefined {
  const path = jsonpath.replace(/\[:\]$/, '');
  const keys = [...path.matchAll(/\.([^.[\]]+)|\[("(?:[^"\\]|\\.)*")\]/g)];
  const isWhole = keys.map(([part]) => part).join('') === path.slice(1);
  if (!path.startsWith('$') || keys.length === 0 || !isWhole) return undefined;
  return keys.map(([, plain, quoted]) => plain ?? (JSON.parse(quoted!) as string));
}

/** The value at the end of a way; `undefined`: there is none. */
export function valueAt(row: ExactObject, keys: readonly string[]): ExactJson | undefined {
  let value: ExactJson | undefined = row;
  for (const key of keys) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** The row with another value there; `undefined` takes it away. Objects on the way are made where there are none. */
export function withValue(row: ExactObject, keys: readonly string[], value: ExactJson | undefined): ExactObject {
  const [key, ...rest] = keys;
  if (key === undefined) return row;
  const inside = Object.hasOwn(row, key) ? row[key] : undefined;
  const changed = rest.length === 0 ? value : withValue(isObject(inside) ? inside : {}, rest, value);
  const others = Object.entries(row).filter(([name]) => name !== key);
  if (changed === undefined) return Object.fromEntries(others);
  if (!Object.hasOwn(row, key)) return Object.fromEntries([...others, [key, changed]]);
  return Object.fromEntries(Object.entries(row).map(([name, old]) => [name, name === key ? changed : old]));
}

/** Types whose values are texts in JSON. */
const TEXT_TYPE = /^(?:(?:LowCardinality|Nullable)\()*(?:String|FixedString|UUID|Date)/;

/** How a value stands in an input: in that of a column of texts without its quotes, all else as JSON. */
export function inputText(value: ExactJson | undefined, { type }: Pick<ColumnInfo, 'type'>): string {
  if (value === undefined) return '';
  return typeof value === 'string' && TEXT_TYPE.test(type) ? value : (stringify(value) ?? '');
}

/**
 * The value that was written into an input: for a column of texts the text, for others JSON, or the text where it is
 * not JSON, which the server then refuses in its own words.
 */
export function inputValue(text: string, { type }: Pick<ColumnInfo, 'type'>): ExactJson {
  if (TEXT_TYPE.test(type)) return text;
  try {
    return parse(text, undefined, (digits) => new LosslessNumber(digits)) as ExactJson;
  } catch {
    return text;
  }
}

function isObject(value: ExactJson | undefined): value is ExactObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber);
}
