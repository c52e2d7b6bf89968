import type { Timestamps } from '../events/event-json';
import { COLUMN_MEMBERS, VALUE_KINDS } from '../store/contract/parameter-store';
import type { PackageText } from './package-text';

/**
 * The members of a package as JSON text without braces, all of them, whatever was sent: `epoch` (0 where there is
 * none), `timestamps`, and `numericValues`, `stringValues`, `binaryValues` and `tagValues` (`{}`).
 */
export function renderPackage(text: PackageText, timestamps: Timestamps = 'number'): string {
  const write = timestamps === 'text' ? quoted : String;
  return members(text, write)
    .map(([name, json]) => `"${name}":${json}`)
    .join(',');
}

/** The same as an object whose keys begin in upper case, as in the packages of Quix's topics. */
export function renderRawPackage(text: PackageText): string {
  const written = members(text, String).map(([name, json]) => `"${name[0]!.toUpperCase()}${name.slice(1)}":${json}`);
  return `{${written.join(',')}}`;
}

function members(text: PackageText, write: (integers: string) => string): (readonly [name: string, json: string])[] {
  return [
    ['epoch', write(text.epoch)],
    ['timestamps', write(text.timestamps)],
    ...VALUE_KINDS.map((kind) => [COLUMN_MEMBERS[kind], text.valuesOf(kind)] as const),
    [COLUMN_MEMBERS.tags, text.tagValues],
  ];
}

/** Integers as texts. */
function quoted(integers: string): string {
  return integers.replace(/-?\d+/g, '"$&"');
}
