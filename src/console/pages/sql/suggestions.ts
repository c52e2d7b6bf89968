import type { Table, TableColumn } from '../../../sql-tables';
import { FUNCTIONS, KEYWORDS } from './functions';
import { type QueryToken, tokensOf, unquoted } from './query-text';

/** Something that may stand at the cursor. */
export interface Suggestion {
  /** What is chosen from, and compared with what was typed. */
  readonly label: string;
  /** What is written, where that is something else. */
  readonly text?: string;
  readonly kind: 'column' | 'table' | 'function' | 'keyword';
  /** Beside the label: the type of a column, the arguments of a function. */
  readonly detail?: string;
}

export interface Suggestions {
  /** Where what is typed begins, which the choice takes the place of. */
  readonly from: number;
  readonly options: readonly Suggestion[];
}

/** What is being typed, with a quote in front. */
const TYPED = /(["`]?)([\w$\u0080-\uFFFF]*)$/;

/** What may stand at the cursor of a query: names of tables behind FROM, of columns elsewhere, functions, keywords. */
export function suggestionsAt(query: string, cursor: number, tables: readonly Table[]): Suggestions {
  const before = query.slice(0, cursor);
  const [typed] = TYPED.exec(before)!;
  const from = cursor - typed.length;
  const leading = tokensOf(before.slice(0, from));
  const last = leading.at(-1);
  if (last?.text === '.' && last.end === from) {
    const owner = leading.at(-2);
    return { from, options: owner === undefined ? [] : membersOf(unquoted(owner), query, tables) };
  }
  if (isBehindFrom(leading)) return { from, options: tables.map(tableOption) };
  const columns = namedTables(query, tables).flatMap(({ table }) => table.columns);
  return {
    from,
    options: [
      ...unique(columns).map(columnOption),
      ...FUNCTIONS.map(functionOption),
      ...KEYWORDS.map((label): Suggestion => ({ label, kind: 'keyword' })),
    ],
  };
}

/** A table that a query reads, and what it is called there. */
interface NamedTable {
  readonly table: Table;
  readonly alias: string;
}

/** The tables that stand behind FROM, JOIN and commas, whether the query is complete or not. */
function namedTables(query: string, tables: readonly Table[]): NamedTable[] {
  const tokens = tokensOf(query);
  const known = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
  return tokens.flatMap((token, at) => {
    if (!isBehindFrom(tokens.slice(0, at))) return [];
    const [dot, second] = [tokens[at + 1], tokens[at + 2]];
    const dotted = dot?.text === '.' && second !== undefined ? `${unquoted(token)}.${unquoted(second)}` : undefined;
    const name = dotted ?? unquoted(token);
    const table = known.get(name.toLowerCase());
    return table === undefined
      ? []
      : [{ table, alias: aliasBehind(tokens, dotted === undefined ? at : at + 2) ?? name }];
  });
}

function aliasBehind(tokens: readonly QueryToken[], at: number): string | undefined {
  const next = tokens[at + 1];
  const named = next?.text.toUpperCase() === 'AS' ? tokens[at + 2] : next;
  const isName = named !== undefined && named.kind !== 'other' && !KEYWORDS.includes(named.text.toUpperCase());
  return isName ? unquoted(named) : undefined;
}

/** Whether a table has to follow: FROM or JOIN stands before, with nothing between but tables and commas. */
function isBehindFrom(tokens: readonly QueryToken[]): boolean {
  const last = tokens.at(-1)?.text.toUpperCase();
  if (last === 'FROM' || last === 'JOIN') return true;
  if (last !== ',') return false;
  for (const { kind, text } of tokens.toReversed()) {
    if (text.toUpperCase() === 'FROM') return true;
    if (
      text === '(' ||
      text === ')' ||
      (kind === 'name' && KEYWORDS.includes(text.toUpperCase()) && text.toUpperCase() !== 'AS')
    )
      return false;
  }
  return false;
}

/** What may stand behind `owner.`: the columns of a table, or the second part of the name of one. */
function membersOf(owner: string, query: string, tables: readonly Table[]): Suggestion[] {
  const name = owner.toLowerCase();
  const named = namedTables(query, tables).filter(({ alias, table }) =>
    [alias, table.name].some((one) => one.toLowerCase() === name),
  );
  const own =
    named.length > 0 ? named.map(({ table }) => table) : tables.filter((table) => table.name.toLowerCase() === name);
  const parts = tables
    .filter(({ kind, name: whole }) => kind === 'parameter data' && whole.toLowerCase() === `${name}.parameters`)
    .map((table): Suggestion => ({ label: 'parameters', kind: 'table', detail: table.kind }));
  return [...unique(own.flatMap(({ columns }) => columns)).map(columnOption), ...parts];
}

function tableOption({ name, kind }: Table): Suggestion {
  return { label: name, ...quotedName(name), kind: 'table', detail: kind };
}

function columnOption({ name, type }: TableColumn): Suggestion {
  return { label: name, ...quotedName(name), kind: 'column', detail: type };
}

function functionOption([label, args]: (typeof FUNCTIONS)[number]): Suggestion {
  return { label, text: `${label}(`, kind: 'function', detail: `(${args})` };
}

/** Names that are keywords, or hold other signs, stand in quotes. */
function quotedName(name: string): { readonly text?: string } {
  const isPlain = /^[A-Za-z_]\w*(?:\.parameters)?$/.test(name) && !KEYWORDS.includes(name.toUpperCase());
  return isPlain ? {} : { text: `"${name.replaceAll('"', '""')}"` };
}

function unique(columns: readonly TableColumn[]): TableColumn[] {
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}
