import type { ColumnStorage } from '../../store/contract/row-store';

/** A parsed type of the `.datasource` format. `Nullable(…)` and `LowCardinality(…)` do not make types of their own. */
export type ColumnType = BaseType & {
  readonly nullable: boolean;
  /** The type as it was written, for messages and for the file that is returned: `LowCardinality(Nullable(String))`. */
  readonly text: string;
};

export type BaseType =
  /** 8 to 256 bits. */
  | { readonly kind: 'integer'; readonly bits: number; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  /** `Decimal(precision, scale)`. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'string' }
  /** `FixedString(bytes)`. */
  | { readonly kind: 'fixed_string'; readonly bytes: number }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'date' }
  /** `DateTime`, precision 0, and `DateTime64(precision)`; values are UTC. */
  | { readonly kind: 'date_time'; readonly precision: number; readonly zone: string | undefined }
  | { readonly kind: 'bool' }
  | { readonly kind: 'array'; readonly items: ColumnType }
  | { readonly kind: 'map'; readonly keys: ColumnType; readonly values: ColumnType }
  | { readonly kind: 'json' };

/** A double keeps this many decimal digits exactly. */
const EXACT_DIGITS = 15;

/** Whether decimals of a precision are stored as numbers, so that SQL can compare and sum them; others are texts. */
export function isExactDecimal(precision: number): boolean {
  return precision <= EXACT_DIGITS;
}

/** Whether values of a type are times of day, or hold such. */
export function holdsTimes(type: ColumnType): boolean {
  if (type.kind === 'array') return holdsTimes(type.items);
  if (type.kind === 'map') return holdsTimes(type.values);
  return type.kind === 'date_time';
}

/** How the values of a type are stored. */
export function storageOf(type: ColumnType): ColumnStorage {
  switch (type.kind) {
    case 'integer':
      // SQLite's integers have 64 bits and a sign.
      return type.bits < 64 || (type.bits === 64 && type.signed) ? 'integer' : 'any';
    case 'bool':
      return 'integer';
    case 'float':
      return 'real';
    case 'decimal':
      return isExactDecimal(type.precision) ? 'real' : 'text';
    case 'string':
    case 'fixed_string':
    case 'uuid':
    case 'date':
    case 'date_time':
    case 'array':
    case 'map':
    case 'json':
      return 'text';
  }
}
