/** A token of a query, with its place in the text. */
export interface Token {
  readonly kind:
    | 'name'
    /** `"…"` or `` `…` `` */
    | 'quoted'
    /** `[…]`, which SQLite reads as a name and ClickHouse as an array or an element. */
    | 'bracket'
    | 'string'
    | 'number'
    | 'blob'
    | 'operator'
    | 'end';
  /** Of a name, in capital letters; of quoted texts, without their quotes; else as written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** As in SQLite's tokenizer: https://www.sqlite.org/draft/tokenreq.html. */
const PATTERN = new RegExp(
  [
    /(?<space>[ \t\n\f\r\uFEFF]+|--[^\n]*|\/\*[^]*?(?:\*\/|$))/,
    /(?<blob>[xX]'[^']*')/,
    /(?<string>'[^']*(?:''[^']*)*')/,
    /(?<quoted>"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`)/,
    /(?<bracket>\[[^\]]*\])/,
    /(?<number>0[xX][\da-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/,
    /(?<name>[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*)/,
    /(?<operator>->>|->|\|\||<<|>>|<=|>=|<>|!=|==|::|[^])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'y',
);

type Match = { readonly [kind in Exclude<Token['kind'], 'end'> | 'space']?: string };

/** All tokens but white space and comments, and one of the kind `end`. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  const scanner = new RegExp(PATTERN);
  for (let match = scanner.exec(sql); match !== null; match = scanner.exec(sql)) {
    const kinds = match.groups as Match;
    if (kinds.space !== undefined) continue;
    const place = { start: match.index, end: scanner.lastIndex };
    tokens.push({ ...tokenOf(match[0], kinds), ...place });
  }
  return [...tokens, { kind: 'end', text: '', start: sql.length, end: sql.length }];
}

function tokenOf(text: string, kinds: Match): Pick<Token, 'kind' | 'text'> {
  if (kinds.name !== undefined) return { kind: 'name', text: text.toUpperCase() };
  if (kinds.string !== undefined) return { kind: 'string', text: text.slice(1, -1).replaceAll("''", "'") };
  if (kinds.bracket !== undefined) return { kind: 'bracket', text: text.slice(1, -1) };
  if (kinds.number !== undefined) return { kind: 'number', text };
  if (kinds.blob !== undefined) return { kind: 'blob', text };
  if (kinds.quoted === undefined) return { kind: 'operator', text };
  const quote = text[0]!;
  return { kind: 'quoted', text: text.slice(1, -1).replaceAll(quote + quote, quote) };
}
