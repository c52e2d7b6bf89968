import { storageOf, type ColumnType } from '../schema/column-type';

/** Integers of fewer bits are exact in a double. */
const EXACT_BITS = 53;

/** Whether every stored value of a type is, as it is stored, also one of another type. */
export function isHeldAsStored(wanted: ColumnType, type: ColumnType): boolean {
  return storageOf(wanted) === storageOf(type) && holdsAllOf(wanted, type, false);
}

/** Whether every value of a type, as it is stored in arrays and maps, is also one of another type. */
export function isHeldInJson(wanted: ColumnType, type: ColumnType): boolean {
  return holdsAllOf(wanted, type, true);
}

/** `nested`: the values are in arrays and maps, whose JSON text is stored whatever their type. */
function holdsAllOf(wanted: ColumnType, type: ColumnType, nested: boolean): boolean {
  if (type.nullable && !wanted.nullable) return false;
  switch (type.kind) {
    case 'integer':
      if (wanted.kind === 'float') return nested && wanted.bits === 64 && type.bits < EXACT_BITS;
      return wanted.kind === 'integer' && holdsIntegers(wanted, type);
    case 'float':
      return wanted.kind === 'float' && wanted.bits >= type.bits;
    case 'decimal':
      return wanted.kind === 'decimal' && wanted.scale === type.scale && wanted.precision >= type.precision;
    case 'fixed_string':
      return wanted.kind === 'string' || (wanted.kind === 'fixed_string' && wanted.bytes >= type.bytes);
    case 'date_time':
      return wanted.kind === 'string' || (wanted.kind === 'date_time' && wanted.precision === type.precision);
    case 'array':
      return wanted.kind === 'array' && holdsAllOf(wanted.items, type.items, true);
    case 'map':
      if (wanted.kind !== 'map' || !holdsAllOf(wanted.keys, type.keys, true)) return false;
      return holdsAllOf(wanted.values, type.values, true);
    case 'bool':
    case 'json':
      return wanted.kind === type.kind;
    case 'string':
    case 'uuid':
    case 'date':
      return wanted.kind === 'string' || wanted.kind === type.kind;
  }
}

interface IntegerRange {
  readonly bits: number;
  readonly signed: boolean;
}

function holdsIntegers(wanted: IntegerRange, type: IntegerRange): boolean {
  if (wanted.signed === type.signed) return wanted.bits >= type.bits;
  return wanted.signed && wanted.bits > type.bits;
}
