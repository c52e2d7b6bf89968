/** A token of a query other than white space and comments. */
export interface SqlToken {
  /** `name`: an unquoted identifier or keyword. `quoted`: a text in quotes of any kind, which may be a name. */
  readonly kind: 'name' | 'quoted' | 'other';
  /** Without its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * An alternative for each kind of token, as in SQLite's tokenizer (https://www.sqlite.org/draft/tokenreq.html): white
 * space and comments, quoted texts, names, numbers and variables, and any other single character. Unclosed comments and
 * quotes run to the end.
 */
const PATTERN = new RegExp(
  [
    /(?<space>[ \t\n\f\r\uFEFF]+|--[^\n]*|\/\*[^]*?(?:\*\/|$))/,
    /(?<quoted>'[^']*(?:''[^']*)*'?|"[^"]*(?:""[^"]*)*"?|`[^`]*(?:``[^`]*)*`?|\[[^\]]*\]?)/,
    /(?<name>[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*)/,
    /[\d?:@$#][\w.$\u0080-\uFFFF]*/,
    /[^]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);

/** The tokens of a query. */
export function tokenize(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  const scanner = new RegExp(PATTERN);
  for (let match = scanner.exec(sql); match !== null; match = scanner.exec(sql)) {
    const { space, quoted, name } = match.groups as Record<string, string | undefined>;
    if (space !== undefined) continue;
    const [text] = match;
    const kind = quoted !== undefined ? 'quoted' : name !== undefined ? 'name' : 'other';
    tokens.push({ kind, text: kind === 'quoted' ? unquote(text) : text, start: match.index, end: scanner.lastIndex });
  }
  return tokens;
}

function unquote(text: string): string {
  const quote = text[0]!;
  const inside = text.slice(1, -1);
  return quote === '[' ? inside : inside.replaceAll(quote + quote, quote);
}
