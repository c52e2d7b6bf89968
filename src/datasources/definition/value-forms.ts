import type { ValueForm } from '../../store/contract/value-form';
import { compileType } from '../rows/compiled-type';
import { isExactDecimal, type ColumnType } from '../schema/column-type';

/** Kinds of types whose values can be rewritten as one another. */
const FAMILIES: readonly (readonly ColumnType['kind'][])[] = [
  ['integer', 'float', 'decimal'],
  ['date', 'date_time'],
  ['string', 'fixed_string'],
];

/** The form in which a wanted type keeps the values that a type has kept. */
export function valueForm(type: ColumnType, wanted: ColumnType): ValueForm {
  const isRelated = FAMILIES.some((kinds) => kinds.includes(type.kind) && kinds.includes(wanted.kind));
  if (isRelated) return formOf(wanted);
  // Of arrays and of maps, the empty ones are of every type.
  const isNested = type.kind === 'array' || type.kind === 'map';
  return { kind: 'none', empty: isNested && type.kind === wanted.kind };
}

function formOf(type: ColumnType): ValueForm {
  switch (type.kind) {
    case 'integer': {
      const { least, greatest } = compileType(type);
      return { kind: 'integer', least, greatest };
    }
    case 'float':
      return { kind: 'float', greatest: compileType(type).limit };
    case 'decimal': {
      const { precision, scale } = type;
      return { kind: 'decimal', precision, scale, isText: !isExactDecimal(precision) };
    }
    case 'date':
      return { kind: 'date' };
    case 'date_time':
      return { kind: 'time', precision: type.precision };
    case 'string':
      return { kind: 'text', bytes: Infinity };
    case 'fixed_string':
      return { kind: 'text', bytes: type.bytes };
    case 'uuid':
    case 'bool':
    case 'array':
    case 'map':
    case 'json':
      return { kind: 'none', empty: false };
  }
}
