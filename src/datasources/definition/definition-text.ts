import { schemaError } from '../schema/schema-error';

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** One definition of a list, and the number of line breaks before it. */
export interface Definition {
  readonly text: string;
  readonly line: number;
}

/** Splits a list at the commas outside brackets and quotes. A comma at its end is allowed. */
export function splitDefinitions(list: string): Definition[] {
  const parts = split(list, (character) => character === ',');
  if (parts.at(-1)?.trim() === '') parts.pop();
  let line = 0;
  return parts.map((part) => {
    const leading = /^\s*/.exec(part)![0];
    const definition = { text: part.trim(), line: line + breaksIn(leading) };
    line += breaksIn(part);
    return definition;
  });
}

/** Splits a text into words at the white space outside brackets and quotes. */
export function splitWords(text: string): string[] {
  return split(text, isSpace).filter((word) => word !== '');
}

const WHITE_SPACE = /\s/;

function isSpace(character: string): boolean {
  return character <= ' ' ? WHITE_SPACE.test(character) : character > '~' && WHITE_SPACE.test(character);
}

function split(text: string, separates: (character: string) => boolean): string[] {
  const parts: string[] = [];
  const open: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === "'" || character === '"' || character === '`') at = quoteEnd(text, at);
    else if (character === '(' || character === '[' || character === '{') open.push(CLOSING[character]!);
    else if (character === ')' || character === ']' || character === '}') {
      if (open.pop() !== character) throw schemaError(`"${character}" closes nothing`);
    } else if (open.length === 0 && separates(character)) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  if (open.length > 0) throw schemaError(`"${open.at(-1)!}" is missing`);
  return [...parts, text.slice(start)];
}

/** The offset of the quote that matches the one at an offset. */
function quoteEnd(text: string, start: number): number {
  const quote = text[start]!;
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\' && quote !== '`') at++;
    else if (text[at] === quote) return at;
  }
  throw schemaError(`the quote ${quote} has no end`);
}

function breaksIn(text: string): number {
  return text.split('\n').length - 1;
}
