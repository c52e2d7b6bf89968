import type { ItemForm, ValueForm } from '../../store/contract/value-form';
import { compileType } from '../rows/compiled-type';
import { isExactDecimal, type ColumnType } from '../schema/column-type';
import { isHeldInJson } from './stored-values';

/** Kinds of types whose values can be rewritten as one another. */
const FAMILIES: readonly (readonly ColumnType['kind'][])[] = [
  ['integer', 'float', 'decimal'],
  ['date', 'date_time'],
  ['string', 'fixed_string'],
];

/** What JSON writes without quotes. */
const UNQUOTED: ReadonlySet<ValueForm['kind']> = new Set(['integer', 'float', 'array', 'map']);

/** The form in which a wanted type keeps the values that a type has kept. */
export function valueForm(type: ColumnType, wanted: ColumnType): ValueForm {
  const isRelated = FAMILIES.some((kinds) => kinds.includes(type.kind) && kinds.includes(wanted.kind));
  if (isRelated) return formOf(wanted);
  if (type.kind === 'array' && wanted.kind === 'array') {
    return { kind: 'array', items: itemForm(type.items, wanted.items) };
  }
  if (type.kind === 'map' && wanted.kind === 'map') {
    const [keys, values] = [itemForm(type.keys, wanted.keys), itemForm(type.values, wanted.values)];
    return { kind: 'map', keys: { ...keys, quoted: true }, values };
  }
  return { kind: 'none' };
}

/** The form in which arrays and maps keep what is in them: as JSON. */
function itemForm(type: ColumnType, wanted: ColumnType): ItemForm {
  const { nullable } = wanted;
  if (isHeldInJson(wanted, { ...type, nullable: false })) return { form: undefined, nullable, quoted: false };
  const form = valueForm(type, wanted);
  return {
    form: form.kind === 'decimal' ? { ...form, isText: true } : form,
    nullable,
    quoted: !UNQUOTED.has(form.kind),
  };
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
      return { kind: 'none' };
  }
}
