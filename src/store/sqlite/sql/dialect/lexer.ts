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

type Kind = Exclude<Token['kind'], 'end'> | 'space';

/** As in SQLite's tokenizer: https://www.sqlite.org/draft/tokenreq.html. The first that matches is taken. */
const PATTERNS: readonly (readonly [kind: Kind, first: RegExp, pattern: RegExp])[] = [
  ['name', /[A-WYZa-wyz_\u0080-\uFFFF]/, /[A-Za-z_\u0080-\uFFFF][\w$\u0080-\uFFFF]*/y],
  ['space', /[ \t\n\f\r\uFEFF/-]/, /[ \t\n\f\r\uFEFF]+|--[^\n]*|\/\*[^]*?(?:\*\/|$)/y],
  ['blob', /[xX]/, /[xX]'[^']*'/y],
  ['name', /[xX]/, /[xX][\w$\u0080-\uFFFF]*/y],
  ['string', /'/, /'[^']*(?:''[^']*)*'/y],
  ['quoted', /["`]/, /"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`/y],
  ['bracket', /\[/, /\[[^\]]*\]/y],
  ['number', /[\d.]/, /0[xX][\da-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y],
  ['operator', /[^]/, /->>|->|\|\||<<|>>|<=|>=|<>|!=|==|::|[^]/y],
];

/** The patterns that a character may begin, for those of ASCII. */
const BY_CHARACTER = Array.from({ length: 129 }, (_, code) =>
  PATTERNS.filter(([, first]) => first.test(String.fromCharCode(code))),
);

/** Space beyond ASCII; the other characters there are of names. */
const BYTE_ORDER_MARK = 0xfeff;

/** All tokens but white space and comments, and one of the kind `end`. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (let start = 0; start < sql.length;) {
    const code = sql.charCodeAt(start);
    if (code === BYTE_ORDER_MARK) {
      start += 1;
      continue;
    }
    const [kind, end] = tokenAt(sql, start, BY_CHARACTER[Math.min(code, 128)]!);
    if (kind !== 'space') tokens.push({ kind, text: textOf(kind, sql.slice(start, end)), start, end });
    start = end;
  }
  return [...tokens, { kind: 'end', text: '', start: sql.length, end: sql.length }];
}

function tokenAt(sql: string, start: number, patterns: typeof PATTERNS): readonly [Kind, number] {
  for (const [kind, , pattern] of patterns) {
    pattern.lastIndex = start;
    if (pattern.test(sql)) return [kind, pattern.lastIndex];
  }
  return ['operator', start + 1];
}

function textOf(kind: Kind, text: string): string {
  switch (kind) {
    case 'name':
      return text.toUpperCase();
    case 'string':
      return text.slice(1, -1).replaceAll("''", "'");
    case 'bracket':
      return text.slice(1, -1);
    case 'quoted': {
      const quote = text[0]!;
      return text.slice(1, -1).replaceAll(quote + quote, quote);
    }
    case 'blob':
    case 'number':
    case 'operator':
    case 'space':
      return text;
  }
}
