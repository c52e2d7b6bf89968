import type { ColumnType } from '../schema/column-type';

/** The ways of reading a value, a code each. */
export const READING = {
  STRING: 0,
  INTEGER: 1,
  FLOAT: 2,
  DATE_TIME: 3,
  DATE: 4,
  BOOL: 5,
  DECIMAL: 6,
  UUID: 7,
  FIXED_STRING: 8,
  ARRAY: 9,
  MAP: 10,
  OBJECT: 11,
} as const;

/** A type with everything that is needed to read its values, computed once. */
export interface CompiledType {
  readonly code: (typeof READING)[keyof typeof READING];
  readonly nullable: boolean;
  /** For messages. */
  readonly text: string;
  /** Of an integer: its bounds, exact and as doubles, and its number of bits. */
  readonly least: bigint;
  readonly greatest: bigint;
  readonly min: number;
  readonly max: number;
  readonly bits: number;
  /** Whether an integer can be out of the range of int64. */
  readonly wide: boolean;
  /**
   * `precision`: the digits of a decimal, the digits of a fraction of a second, or the bytes of a fixed string.
   * `scale`: the digits of a decimal behind the point.
   */
  readonly precision: number;
  readonly scale: number;
  /** Of times: whether only texts are taken, no numbers. */
  readonly textsOnly: boolean;
  /** Of a float: the greatest value. */
  readonly limit: number;
  /** `items`: the type of the elements of an array or the values of a map; `keys`: that of the keys of a map. */
  readonly items: CompiledType | undefined;
  readonly keys: CompiledType | undefined;
}

/** The greatest double that is rounded to the greatest Float32 and not to infinity. */
const MAX_FLOAT32 = 3.4028235677973362e38;

/** `textsOnly`: times in it are taken as texts alone. */
export function compileType(type: ColumnType, textsOnly = false): CompiledType {
  const integer = type.kind === 'integer' ? type : { bits: 64, signed: true };
  const half = 1n << BigInt(integer.bits - 1);
  const least = integer.signed ? -half : 0n;
  const greatest = integer.signed ? half - 1n : 2n * half - 1n;
  return {
    code: codeOf(type),
    nullable: type.nullable,
    text: type.text,
    least,
    greatest,
    min: Number(least),
    max: Number(greatest),
    bits: integer.bits,
    wide: integer.bits > 64 || (integer.bits === 64 && !integer.signed),
    precision: precisionOf(type),
    scale: type.kind === 'decimal' ? type.scale : 0,
    textsOnly,
    limit: type.kind === 'float' && type.bits === 32 ? MAX_FLOAT32 : Number.MAX_VALUE,
    items: itemsOf(type, textsOnly),
    keys: type.kind === 'map' ? compileType(type.keys) : undefined,
  };
}

function codeOf({ kind }: ColumnType): CompiledType['code'] {
  switch (kind) {
    case 'string':
      return READING.STRING;
    case 'integer':
      return READING.INTEGER;
    case 'float':
      return READING.FLOAT;
    case 'date_time':
      return READING.DATE_TIME;
    case 'date':
      return READING.DATE;
    case 'bool':
      return READING.BOOL;
    case 'decimal':
      return READING.DECIMAL;
    case 'uuid':
      return READING.UUID;
    case 'fixed_string':
      return READING.FIXED_STRING;
    case 'array':
      return READING.ARRAY;
    case 'map':
      return READING.MAP;
    case 'json':
      return READING.OBJECT;
  }
}

function precisionOf(type: ColumnType): number {
  if (type.kind === 'decimal' || type.kind === 'date_time') return type.precision;
  return type.kind === 'fixed_string' ? type.bytes : 0;
}

function itemsOf(type: ColumnType, textsOnly: boolean): CompiledType | undefined {
  if (type.kind === 'array') return compileType(type.items, textsOnly);
  return type.kind === 'map' ? compileType(type.values, textsOnly) : undefined;
}
