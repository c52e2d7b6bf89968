import type { ValueType } from '../../../sql/result-column';

/** What the values of an expression are, as far as it is known before a query runs. */
export type Kind =
  | { readonly is: 'integer'; readonly bits: number; readonly signed: boolean }
  /** `text`: kept as digits, since a double does not hold them. */
  | { readonly is: 'decimal'; readonly precision: number; readonly scale: number; readonly text: boolean }
  /** A time in UTC as text, with so many digits of a fraction of a second. */
  | { readonly is: 'time'; readonly precision: number }
  | { readonly is: 'array' | 'map'; readonly items: Kind }
  | { readonly is: 'float' | 'bool' | 'string' | 'fixed' | 'uuid' | 'date' | 'json' }
  /** `mixed`: of several kinds, which cannot be compared. `unknown`: whatever SQLite makes of it. */
  | { readonly is: 'null' | 'unknown' | 'mixed' };

export interface Valued {
  readonly kind: Kind;
  readonly nullable: boolean;
}

export type IntegerKind = Extract<Kind, { readonly is: 'integer' }>;

/** What truth values are where they are calculated with. */
const BYTE: IntegerKind = { is: 'integer', bits: 8, signed: false };

/** A kind as that of an integer, if it is one or that of truth values. */
export function integerOf(kind: Kind): IntegerKind | undefined {
  return kind.is === 'bool' ? BYTE : kind.is === 'integer' ? kind : undefined;
}

export const INTEGER: Kind = { is: 'integer', bits: 64, signed: true };
export const FLOAT: Kind = { is: 'float' };
export const STRING: Kind = { is: 'string' };
export const UNKNOWN: Kind = { is: 'unknown' };

/** A double keeps this many decimal digits exactly; decimals of more are kept as text. */
const EXACT_DIGITS = 15;

const DECIMAL_DIGITS: Readonly<Record<string, number>> = { '32': 9, '64': 18, '128': 38, '256': 76 };

/** The kind of a column by the text of its type, which has been checked when the data source was made. */
export function kindOf(type: string): Kind {
  const [, name = '', inside = ''] = /^(\w+)\s*(?:\(([^]*)\))?$/.exec(type.trim()) ?? [];
  const integer = /^(U?)Int(\d+)$/.exec(name);
  if (integer !== null) return { is: 'integer', bits: Number(integer[2]), signed: integer[1] === '' };
  const decimal = /^Decimal(\d*)$/.exec(name);
  if (decimal !== null) return decimalKind(decimal[1]!, inside);
  switch (name) {
    case 'Nullable':
    case 'LowCardinality':
      return kindOf(inside);
    case 'Array':
      return { is: 'array', items: kindOf(inside) };
    case 'Map':
      return { is: 'map', items: kindOf(inside.slice(inside.indexOf(',') + 1)) };
    case 'DateTime':
      return { is: 'time', precision: 0 };
    case 'DateTime64':
      return { is: 'time', precision: inside === '' ? 3 : Number.parseInt(inside, 10) };
    default:
      return { is: SIMPLE[name] ?? 'unknown' };
  }
}

const SIMPLE: Readonly<Record<string, 'float' | 'bool' | 'string' | 'fixed' | 'uuid' | 'date' | 'json'>> = {
  Float32: 'float',
  Float64: 'float',
  Bool: 'bool',
  Boolean: 'bool',
  String: 'string',
  FixedString: 'fixed',
  UUID: 'uuid',
  Date: 'date',
  Date32: 'date',
  JSON: 'json',
};

function decimalKind(bits: string, inside: string): Kind {
  const [first = '10', second = '0'] = inside === '' ? [] : inside.split(',');
  const precision = bits === '' ? Number(first) : (DECIMAL_DIGITS[bits] ?? 76);
  return { is: 'decimal', precision, scale: Number(bits === '' ? second : first), text: precision > EXACT_DIGITS };
}

/** Whether values may be kept as digits in a text, which SQLite compares and adds up as texts. */
export function isWide(kind: Kind): boolean {
  if (kind.is === 'integer') return kind.bits > 64 || (kind.bits === 64 && !kind.signed);
  return kind.is === 'decimal' && kind.text;
}

export function isTime({ is }: Kind): boolean {
  return is === 'time' || is === 'date';
}

export function isText({ is }: Kind): boolean {
  return is === 'string' || is === 'fixed' || is === 'uuid';
}

export function isJson({ is }: Kind): boolean {
  return is === 'array' || is === 'map' || is === 'json';
}

export function isNumber({ is }: Kind): boolean {
  return is === 'integer' || is === 'float' || is === 'decimal' || is === 'bool';
}

export function sameKind(left: Kind, right: Kind): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** The type of a result's column, where it is more than the values themselves say. */
export function resultType({ kind, nullable }: Valued): ValueType | undefined {
  const form = isJson(kind)
    ? 'json'
    : kind.is === 'decimal'
      ? 'decimal'
      : kind.is === 'bool'
        ? 'bool'
        : isWide(kind)
          ? 'large_integer'
          : 'plain';
  if (form === 'plain' && !isTime(kind)) return undefined;
  const type = typeText(kind);
  return { type: nullable && !isJson(kind) ? `Nullable(${type})` : type, nullable: nullable || isJson(kind), form };
}

/** A kind as messages name it. */
export function typeText(kind: Kind): string {
  switch (kind.is) {
    case 'integer':
      return `${kind.signed ? '' : 'U'}Int${kind.bits}`;
    case 'decimal':
      return `Decimal(${kind.precision}, ${kind.scale})`;
    case 'time':
      return kind.precision === 0 ? 'DateTime' : `DateTime64(${kind.precision})`;
    case 'array':
      return `Array(${typeText(kind.items)})`;
    case 'map':
      return `Map(String, ${typeText(kind.items)})`;
    case 'float':
    case 'bool':
    case 'string':
    case 'fixed':
    case 'uuid':
    case 'date':
    case 'json':
    case 'null':
    case 'unknown':
    case 'mixed':
      return NAMES[kind.is];
  }
}

const NAMES = {
  float: 'Float64',
  bool: 'Bool',
  string: 'String',
  fixed: 'FixedString',
  uuid: 'UUID',
  date: 'Date',
  json: 'JSON',
  null: 'NULL',
  unknown: 'a value of any type',
  mixed: 'a value of several types',
} as const;
