import { LosslessNumber, parse, stringify } from 'lossless-json';

/** A value of a result: `number` keeps its digits, `json` is the text of an array or object. */
export type Cell =
  { readonly kind: 'null' } | { readonly kind: 'number' | 'text' | 'bool' | 'json'; readonly text: string };

/** The values of a row, from the JSON text of their array. No digit of a number is lost. */
export function cellsOf(row: string): Cell[] {
  const values = parse(row, undefined, (digits) => new LosslessNumber(digits)) as readonly unknown[];
  return values.map(cellOf);
}

export function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return { kind: 'null' };
  if (typeof value === 'string') return { kind: 'text', text: value };
  if (typeof value === 'boolean') return { kind: 'bool', text: String(value) };
  if (value instanceof LosslessNumber || typeof value === 'number') return { kind: 'number', text: String(value) };
  return { kind: 'json', text: stringify(value) ?? 'null' };
}
