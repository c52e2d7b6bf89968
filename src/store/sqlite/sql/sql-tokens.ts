/** A piece of a query's text that is neither white space nor a comment. */
export interface SqlToken {
  /** `name`: an identifier or a keyword without quotes. `quoted`: a text in quotes of any kind, which may be a name. */
  readonly kind: 'name' | 'quoted' | 'other';
  /** What it stands for: without its quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * One alternative a kind of token, as SQLite's tokenizer cuts them (https://www.sqlite.org/draft/tokenreq.html): white space and
 * comments, quoted texts, names, numbers and variables, and any other single character. What is not closed runs to the end.
 */
const PATTERN =
  /(?<space>[ \t\n\f\r\uFEFF]+|--[^\n]*|\/\*[^]*?(?:\*\/|$))|(?<quoted>'[^']*(?:''[^']*)*'?|"[^"]*(?:""[^"]*)*"?|`[^`]*(?:``[^`]*)*`?|\[[^\]]*\]?)|(?<name>[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*)|[\d?:@$#][\w.$\u0080-\uFFFF]*|[^]/y;

/** Takes a query apart. */
export function tokenize(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  const cutter = new RegExp(PATTERN);
  for (let match = cutter.exec(sql); match !== null; match = cutter.exec(sql)) {
    const { space, quoted, name } = match.groups as Record<string, string | undefined>;
    if (space !== undefined) continue;
    const [text] = match;
    const kind = quoted !== undefined ? 'quoted' : name !== undefined ? 'name' : 'other';
    tokens.push({ kind, text: kind === 'quoted' ? unquote(text) : text, start: match.index, end: cutter.lastIndex });
  }
  return tokens;
}

function unquote(text: string): string {
  const quote = text[0]!;
  const inside = text.slice(1, -1);
  return quote === '[' ? inside : inside.replaceAll(quote + quote, quote);
}
