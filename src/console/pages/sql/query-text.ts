/** A token of a query other than white space and comments. */
export interface QueryToken {
  /** `name`: an unquoted name or keyword; `quoted`: a text in quotes of any kind. */
  readonly kind: 'name' | 'quoted' | 'other';
  /** As it is written, with its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** As in SQLite's tokenizer (https://www.sqlite.org/draft/tokenreq.html); what is not closed runs to the end. */
const TOKEN = new RegExp(
  [
    /(?<space>\s+|--[^\n]*|\/\*[^]*?(?:\*\/|$))/,
    /(?<quoted>'[^']*(?:''[^']*)*'?|"[^"]*(?:""[^"]*)*"?|`[^`]*(?:``[^`]*)*`?)/,
    /(?<name>[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*)/,
    /\d[\w.]*/,
    /->>|->|<>|[<>!=]=|\|\||::/,
    /[^]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);

export function tokensOf(query: string): QueryToken[] {
  const tokens: QueryToken[] = [];
  for (const match of query.matchAll(TOKEN)) {
    const { space, quoted, name } = match.groups!;
    if (space !== undefined) continue;
    const [text] = match;
    const kind = quoted !== undefined ? 'quoted' : name !== undefined ? 'name' : 'other';
    tokens.push({ kind, text, start: match.index, end: match.index + text.length });
  }
  return tokens;
}

/** The name inside a token, without its quotes. */
export function unquoted({ kind, text }: QueryToken): string {
  if (kind !== 'quoted') return text;
  const quote = text[0]!;
  const inside = text.endsWith(quote) && text.length > 1 ? text.slice(1, -1) : text.slice(1);
  return inside.replaceAll(quote + quote, quote);
}

/** The format that a query asks for itself; `undefined`: none. */
export function formatOf(query: string): string | undefined {
  const tokens = statementOf(query);
  return endsInFormat(tokens) ? tokens.at(-1)!.text : undefined;
}

/** The same query without the format that it asks for itself. */
export function withoutFormat(query: string): string {
  const tokens = statementOf(query);
  const last = tokens.at(-3);
  return last !== undefined && endsInFormat(tokens) ? query.slice(0, last.end) : query;
}

/** Whether a text in quotes has no quote at its end. */
export function isOpen({ kind, text }: QueryToken): boolean {
  return kind === 'quoted' && !/^(['"`])(?:(?!\1)[^]|\1\1)*\1$/.test(text);
}

/** The tokens of a query without the semicolons at its end. */
function statementOf(query: string): QueryToken[] {
  const tokens = tokensOf(query);
  while (tokens.at(-1)?.text === ';') tokens.pop();
  return tokens;
}

function endsInFormat(tokens: readonly QueryToken[]): boolean {
  return tokens.at(-2)?.text.toLowerCase() === 'format' && tokens.at(-1)?.kind === 'name';
}
