import type { TomlValue } from 'smol-toml';
import { kindOf, type OptionKind, type OptionSpec } from '../config';
import { isQuantity } from './quantities';

/** The text of a value in a configuration file, as a flag would have it, or what is wrong with it. */
export type FileValue = { readonly text: string } | { readonly problem: string };

/** What is written for each kind. */
const FORMS: Readonly<Record<OptionKind, string>> = {
  integer: 'a whole number',
  switch: 'true or false',
  list: 'a list of texts',
  duration: 'a duration in quotes, such as "7d" or "24h"',
  text: 'a text in quotes',
};

/** Reads a value of a configuration file, whose type has to be that of the option. */
export function readFileValue(spec: OptionSpec<unknown>, value: TomlValue): FileValue {
  const kind = kindOf(spec);
  if ((typeof value === 'number' || typeof value === 'bigint') && kind === 'integer') return { text: String(value) };
  if (typeof value === 'boolean' && kind === 'switch') return { text: String(value) };
  if (typeof value === 'string' && (kind === 'text' || kind === 'duration' || isQuantity(spec, value))) {
    return { text: value };
  }
  if (kind === 'list' && Array.isArray(value)) return listValue(value);
  return { problem: `is ${typeName(value)}: write ${spec.flag} = ${formFor(spec, value)}, ${formOf(spec, kind)}` };
}

/** How the default of an option, or something like it, is written in a file. */
export function exampleOf(spec: OptionSpec<unknown>): string {
  const { default: preset } = spec;
  switch (kindOf(spec)) {
    case 'integer':
    case 'switch':
      return preset ?? spec.example ?? '0';
    case 'list':
      return preset === undefined || preset === '' ? '[]' : JSON.stringify(preset.split(','));
    case 'duration':
    case 'text':
      return JSON.stringify(preset ?? spec.example ?? '');
  }
}

/** How it is probably meant: a text that is alone is an entry of a list. */
function formFor(spec: OptionSpec<unknown>, value: TomlValue): string {
  return kindOf(spec) === 'list' && typeof value === 'string'
    ? JSON.stringify(value.split(/\s*,\s*/)).replaceAll('","', '", "')
    : exampleOf(spec);
}

function formOf({ unit }: OptionSpec<unknown>, kind: OptionKind): string {
  if (unit === 'bytes') return `${FORMS[kind]} of bytes, or a size in quotes, such as "10MiB"`;
  if (unit === 'milliseconds') return `${FORMS[kind]} of milliseconds, or a time in quotes, such as "90s"`;
  return FORMS[kind];
}

function listValue(items: readonly TomlValue[]): FileValue {
  const texts: string[] = [];
  for (const [index, item] of items.entries()) {
    if (typeof item !== 'string') {
      return { problem: `has ${typeName(item)} as item ${index + 1}: write a text in quotes` };
    }
    if (item.includes(',')) return { problem: `has ${JSON.stringify(item)}: write each entry in quotes of its own` };
    texts.push(item);
  }
  return { text: texts.join(',') };
}

function typeName(value: TomlValue): string {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'a truth value';
  return typeof value === 'number' || typeof value === 'bigint' ? 'a number' : 'a table';
}
