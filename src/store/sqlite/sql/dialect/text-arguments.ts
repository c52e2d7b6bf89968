import { jsonCompared, mixed, type Operand } from './comparisons';
import type { Edits } from './edits';
import { foreign } from './foreign-syntax';
import { isJson, isNumber, isTime, typeText } from './kinds';

/** Functions all of whose arguments are texts. */
const TEXTS = new Set('lower upper trim ltrim rtrim replace position unicode octet_length soundex unistr'.split(' '));

/** Functions whose first argument is a text. */
const FIRST_TEXT = new Set('substr substring substringutf8 length lengthutf8 char_length'.split(' '));

/** Operators of text that SQLite has as functions, with the operands the other way round than in ClickHouse. */
const OPERATORS = new Set(['like', 'glob', 'regexp', 'match']);

/** Throws `invalid_sql` where a function of text is given something else. */
export function checkTextArguments(name: string, args: readonly Operand[], edits: Edits): void {
  if (OPERATORS.has(name)) {
    throw foreign(`${name}(a, b) takes its arguments the other way round here`, `x ${name.toUpperCase()} pattern`);
  }
  const texts = TEXTS.has(name) ? args : FIRST_TEXT.has(name) ? args.slice(0, 1) : [];
  for (const operand of texts) {
    const { kind, expression } = operand;
    const text = edits.slice(expression);
    if (isTime(kind)) throw foreign(`${name} takes text, and ${text} is ${a(operand)}`, partOfTime(text));
    if (isNumber(kind) || kind.is === 'uuid') {
      throw foreign(`${name} takes text, and ${text} is ${a(operand)}`, `CAST(${text} AS TEXT)`);
    }
  }
}

/** Throws `invalid_sql` where what is compared with a pattern, or the pattern, is no text. */
export function checkPattern(operator: string, operands: readonly Operand[], edits: Edits): void {
  for (const operand of operands) {
    const { kind, expression } = operand;
    const text = edits.slice(expression);
    if (isJson(kind)) throw jsonCompared(text, kind);
    if (kind.is === 'mixed') throw mixed(text);
    const what = `${operator} takes text, and ${text} is ${a(operand)}`;
    if (kind.is === 'date')
      throw foreign(what, `${text} >= '2024-03-10' AND ${text} < '2024-03-11', or ${partOfTime(text)}`);
    if (isTime(kind)) {
      throw foreign(
        what,
        `${text} >= '2024-03-10 10:00:00' AND ${text} < '2024-03-10 11:00:00', or ${partOfTime(text)}`,
      );
    }
    if (isNumber(kind) || kind.is === 'uuid') throw foreign(what, `a comparison, or CAST(${text} AS TEXT)`);
  }
}

function partOfTime(text: string): string {
  return `strftime('%Y-%m-%d %H', ${text}) for a part of it, or CAST(${text} AS TEXT)`;
}

function a({ kind }: Operand): string {
  return `of type ${typeText(kind)}`;
}
