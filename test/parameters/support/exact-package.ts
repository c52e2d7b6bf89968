import type { PackageModel } from './written-packages';

/** Marks the numbers of a package that has no strings of that beginning. */
const NUMBER = '\ue000number ';

type Columns = Record<string, Record<string, readonly (string | null)[]>>;

/** A package as `JSON.parse` gives it, its numbers marked texts of all their digits. */
type MarkedPackage = Columns & { readonly epoch?: string; readonly timestamps: readonly string[] };

/**
 * Reads the canonical text of a package with all digits of its numbers. Independent of the scanner; throws where the
 * text is not canonical.
 */
export function readExactly(text: string): PackageModel {
  return modelOf(marked(text) as MarkedPackage, (integer) => BigInt(digitsOf(integer)));
}

/** Reads a package as it is sent: names in either case, members of `null`, integers in quotes. */
export function readSent(text: string): PackageModel {
  // eslint-disable-next-line no-control-regex -- The record separator is a control character.
  const members = Object.entries(marked(text.replace(/^\ufeff?\x1e*/, '')) as Record<string, unknown>)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => [name[0]!.toLowerCase() + name.slice(1), value]);
  return modelOf(Object.fromEntries(members) as MarkedPackage, (integer) =>
    BigInt(integer.startsWith(NUMBER) ? digitsOf(integer) : integer),
  );
}

function modelOf({ epoch, timestamps, ...columns }: MarkedPackage, integer: (text: string) => bigint): PackageModel {
  return {
    epoch: epoch === undefined ? 0n : integer(epoch),
    timestamps: timestamps.map(integer),
    columns: mapped(columns, (byId, member) =>
      mapped(byId, (values) => (member === 'numericValues' ? values.map((value) => value && digitsOf(value)) : values)),
    ),
  };
}

function mapped<From, To>(
  object: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));
}

function marked(text: string): unknown {
  const written = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/gs, (token) =>
    token.startsWith('"') ? token : JSON.stringify(NUMBER + token),
  );
  return JSON.parse(written);
}

function digitsOf(text: string): string {
  if (!text.startsWith(NUMBER)) throw new Error(`not a number: ${text}`);
  return text.slice(NUMBER.length);
}
