/** Stands before the digits of a number that was put into a string. */
const NUMBER_SIGN = '\u0001';

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** A JSON value whose numbers are texts, to be shown with all their digits. */
export type ExactValue = string | boolean | null | readonly ExactValue[] | { readonly [name: string]: ExactValue };

/** Parses JSON text; `JSON.parse` would round its numbers. */
export function parseExact(text: string): ExactValue {
  const marked = text.replace(TOKEN, (token) => (token.startsWith('"') ? token : `"\\u0001${token}"`));
  return JSON.parse(marked) as ExactValue;
}

/** A value as people read it: a text without quotes, anything else as JSON. */
export function showExact(value: ExactValue): string {
  if (typeof value === 'string') return value.startsWith(NUMBER_SIGN) ? value.slice(1) : value;
  return JSON.stringify(value).replace(/"\\u0001([^"]*)"/g, '$1');
}
