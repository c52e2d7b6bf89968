import { excerpt } from '../../json/excerpt';
import { NestedValue } from './nested-value';
import { scalarInForm, type KeptValue } from './scalar-value';
import type { ValueForm } from './value-form';

export type { KeptValue };

/** A value in another form; `undefined` when it does not fit: nothing is rounded or cut. */
export function inForm(value: KeptValue, form: ValueForm): KeptValue | undefined {
  if (form.kind === 'array') return new NestedValue(String(value)).array(form.items);
  if (form.kind === 'map') return new NestedValue(String(value)).map(form.keys, form.values);
  return scalarInForm(value, form);
}

/** Why a stored value keeps its column from another form. */
export function misfit(value: KeptValue | null, form: ValueForm): string {
  const shown = typeof value === 'string' ? JSON.stringify(excerpt(value)) : String(value);
  if (form.kind === 'none' && value !== null) return `stored values such as ${shown} are not rewritten for that`;
  return `the stored value ${shown} does not fit${wayOut(value, form)}`;
}

/** A form that keeps a value which does not fit. */
function wayOut(value: KeptValue | null, form: ValueForm): string {
  if (value === null) return '; keep it Nullable';
  if (form.kind === 'float' && Math.abs(Number(value)) > form.greatest) return '; Float64 keeps it';
  if (form.kind === 'float') return '; a Decimal or an integer type keeps all digits';
  if (form.kind === 'integer') return '; a wider integer, Float64 or Decimal may keep it';
  return form.kind === 'time' ? '; a DateTime64 of more digits keeps it' : '';
}
