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

/** The same query with its result in a format; one that it asks for itself is left out. */
export function withFormat(query: string, format: string): string {
  const tokens = tokensOf(query);
  while (tokens.at(-1)?.text === ';') tokens.pop();
  const isFormat = tokens.at(-2)?.text.toLowerCase() === 'format' && tokens.at(-1)?.kind === 'name';
  const last = tokens.at(isFormat ? -3 : -1);
  // A comment at the end would swallow what stands in the same line; a query that is empty is refused as it is.
  return last === undefined ? query : `${query.slice(0, last.end)}\nFORMAT ${format}`;
}
