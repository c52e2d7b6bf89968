import { checkSyntax, parametric, subscript } from './foreign-syntax';
import type { Expression, OrderTerm, Place, Query, WindowDefinition } from './nodes';
import { TokenStream } from './token-stream';

/** How tightly the operators bind: https://www.sqlite.org/lang_expr.html#operators_and_parse_affecting_attributes. */
const BINDING: Readonly<Record<string, number>> = {
  OR: 1,
  AND: 2,
  ...Object.fromEntries(['=', '==', '<>', '!='].map((sign) => [sign, 4])),
  ...Object.fromEntries(['<', '<=', '>', '>='].map((sign) => [sign, 5])),
  ...Object.fromEntries(['&', '|', '<<', '>>'].map((sign) => [sign, 7])),
  ...Object.fromEntries(['+', '-'].map((sign) => [sign, 8])),
  ...Object.fromEntries(['*', '/', '%'].map((sign) => [sign, 9])),
  ...Object.fromEntries(['||', '->', '->>'].map((sign) => [sign, 10])),
};
const NOT_BINDING = 3;
const EQUALITY = 4;
const COLLATE = 11;
const UNARY = 12;

/** Names that end an expression rather than being a column. */
const RESERVED = new Set(
  (
    'ADD ALL ALTER AND AS BETWEEN CASE CHECK COLLATE COMMIT CREATE DEFAULT DELETE DISTINCT DROP ELSE ESCAPE EXISTS EXCEPT ' +
    'FROM GROUP HAVING IN INDEX INSERT INTERSECT INTO IS ISNULL JOIN LIMIT NOT NOTNULL NULL ON OR ORDER SELECT SET ' +
    'TABLE THEN TO UNION UPDATE USING VALUES WHEN WHERE'
  ).split(' '),
);

/** Words that follow an alias, besides those. */
const AFTER_ALIAS = new Set('FROM WINDOW LEFT RIGHT FULL INNER CROSS NATURAL FORMAT OR AND ASC DESC END'.split(' '));

const LITERAL_WORDS: Readonly<Record<string, 'null' | 'bool' | 'now' | 'today' | 'clock'>> = {
  NULL: 'null',
  TRUE: 'bool',
  FALSE: 'bool',
  CURRENT_TIMESTAMP: 'now',
  CURRENT_DATE: 'today',
  CURRENT_TIME: 'clock',
};

const PATTERNS = ['LIKE', 'GLOB', 'REGEXP', 'MATCH'];

/** Deeper than SQLite itself takes (`SQLITE_MAX_EXPR_DEPTH` is 1000, but a bracket costs several calls here). */
const MAX_DEPTH = 400;

/** Reads expressions of SQLite's grammar. */
export class ExpressionParser {
  #depth = 0;

  constructor(
    readonly tokens: TokenStream,
    readonly readQuery: () => Query,
  ) {}

  read(least = 0): Expression {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.tokens.unreadable('less nesting');
    let left = this.#prefix();
    for (let next = this.#infix(left, least); next !== undefined; next = this.#infix(left, least)) left = next;
    this.#depth -= 1;
    return left;
  }

  #prefix(): Expression {
    const { tokens } = this;
    const { kind, text, start } = tokens.peek();
    if (kind === 'name' && text === 'NOT') {
      tokens.next();
      const operand = this.read(NOT_BINDING);
      return { kind: 'unary', operator: 'NOT', operand, ...tokens.from(start) };
    }
    if (kind === 'operator' && (text === '-' || text === '+' || text === '~')) {
      tokens.next();
      const operand = this.read(UNARY);
      return { kind: 'unary', operator: text, operand, ...tokens.from(start) };
    }
    return this.#primary();
  }

  /** Reads an operator and what follows, if it binds at least so tightly. */
  #infix(left: Expression, least: number): Expression | undefined {
    const { tokens } = this;
    const { kind, text, start, end } = tokens.peek();
    if (kind === 'bracket') throw subscript(tokens.sql.slice(left.start, left.end), text);
    if (kind === 'operator' || text === 'ILIKE') checkSyntax(text);
    if (kind === 'name' && (text === 'DIV' || text === 'MOD') && this.#isOperand()) checkSyntax(text);
    if (text === 'COLLATE' && kind === 'name' && least <= COLLATE) {
      tokens.next();
      tokens.name();
      return { kind: 'collate', operand: left, ...tokens.from(left.start) };
    }
    if (kind === 'name' && text !== 'AND' && text !== 'OR')
      return least <= EQUALITY ? this.#wordInfix(left) : undefined;
    const binding = kind === 'operator' || kind === 'name' ? BINDING[text] : undefined;
    if (binding === undefined || binding < least) return undefined;
    tokens.next();
    const right = this.read(binding + 1);
    return { kind: 'binary', operator: text, sign: { start, end }, left, right, ...tokens.from(left.start) };
  }

  /** Whether a number, a text or something in brackets follows the next word, which is no alias then. */
  #isOperand(): boolean {
    const { kind } = this.tokens.peek(1);
    return kind === 'number' || kind === 'string' || this.tokens.isSign('(', 1) || this.#isName(1);
  }

  #isName(ahead: number): boolean {
    const { kind, text } = this.tokens.peek(ahead);
    return kind === 'quoted' || (kind === 'name' && !RESERVED.has(text) && !AFTER_ALIAS.has(text));
  }

  #wordInfix(left: Expression): Expression | undefined {
    const { tokens } = this;
    if (tokens.isWord('IS')) return this.#readIs(left);
    if (tokens.takeWord('ISNULL') || tokens.takeWord('NOTNULL') || tokens.takeWord('NOT', 'NULL')) {
      return { kind: 'unary', operator: 'IS NULL', operand: left, ...tokens.from(left.start) };
    }
    const negated = tokens.isWord('NOT');
    const word = tokens.peek(negated ? 1 : 0).text;
    if (word === 'ILIKE') checkSyntax(word);
    const takes = word === 'IN' || word === 'BETWEEN' || PATTERNS.includes(word);
    if (!takes) return undefined;
    if (negated) tokens.next();
    tokens.next();
    if (word === 'IN') return this.#readIn(left, negated);
    if (word === 'BETWEEN') {
      const low = this.read(EQUALITY + 1);
      tokens.expectWord('AND');
      const high = this.read(EQUALITY + 1);
      return { kind: 'between', negated, operand: left, low, high, ...tokens.from(left.start) };
    }
    const pattern = this.read(EQUALITY + 1);
    const escape = tokens.takeWord('ESCAPE') ? this.read(EQUALITY + 1) : undefined;
    return { kind: 'pattern', operator: word, operand: left, pattern, escape, ...tokens.from(left.start) };
  }

  #readIs(left: Expression): Expression {
    const { tokens } = this;
    const sign: Place = tokens.next();
    const operator = `IS${tokens.takeWord('NOT') ? ' NOT' : ''}${tokens.takeWord('DISTINCT', 'FROM') ? ' DISTINCT' : ''}`;
    const right = this.read(EQUALITY + 1);
    return { kind: 'binary', operator, sign, left, right, ...tokens.from(left.start) };
  }

  #readIn(operand: Expression, negated: boolean): Expression {
    const { tokens } = this;
    const from = { kind: 'in', negated, operand } as const;
    if (!tokens.takeSign('(')) {
      if (tokens.peek().kind === 'bracket') throw subscript('IN ', tokens.peek().text);
      tokens.name();
      if (tokens.takeSign('.')) tokens.name();
      if (tokens.takeSign('(')) this.arguments();
      return { ...from, list: undefined, query: undefined, ...tokens.from(operand.start) };
    }
    if (tokens.isWord('SELECT') || tokens.isWord('WITH') || tokens.isWord('VALUES')) {
      const query = this.readQuery();
      tokens.expectSign(')');
      return { ...from, list: undefined, query, ...tokens.from(operand.start) };
    }
    return { ...from, list: this.arguments(), query: undefined, ...tokens.from(operand.start) };
  }

  /** Expressions up to a closing bracket, which is read as well. */
  arguments(): Expression[] {
    if (this.tokens.takeSign(')')) return [];
    const items = this.tokens.list(() => this.read());
    this.tokens.expectSign(')');
    return items;
  }

  #primary(): Expression {
    const { tokens } = this;
    const token = tokens.peek();
    const { start } = token;
    switch (token.kind) {
      case 'number':
        tokens.next();
        return {
          kind: 'literal',
          is: /^(?:0[xX]|[\d_]+$)/.test(token.text) ? 'integer' : 'float',
          ...literalText(token),
        };
      case 'string':
      case 'blob':
        tokens.next();
        return { kind: 'literal', is: token.kind, ...literalText(token) };
      case 'name':
        return this.#word();
      case 'quoted':
        return this.#columnOrCall();
      case 'operator':
        if (tokens.takeSign('(')) return this.#brackets(start);
        checkSyntax(token.text);
        throw tokens.unreadable('an expression');
      case 'bracket':
        throw subscript('column', token.text);
      case 'end':
        throw tokens.unreadable('an expression');
    }
  }

  #brackets(start: number): Expression {
    const { tokens } = this;
    if (tokens.isWord('SELECT') || tokens.isWord('WITH') || tokens.isWord('VALUES')) {
      const query = this.readQuery();
      tokens.expectSign(')');
      return { kind: 'query', query, exists: false, ...tokens.from(start) };
    }
    return { kind: 'brackets', items: this.arguments(), ...tokens.from(start) };
  }

  #word(): Expression {
    const { tokens } = this;
    const { text, start } = tokens.peek();
    const literal = Object.hasOwn(LITERAL_WORDS, text) ? LITERAL_WORDS[text] : undefined;
    if (literal !== undefined && !tokens.isSign('.', 1)) {
      return { kind: 'literal', is: literal, ...literalText(tokens.next()) };
    }
    if (text === 'CASE') return this.#case();
    if (text === 'CAST' && tokens.isSign('(', 1)) return this.#cast();
    if (text === 'EXISTS' && tokens.isSign('(', 1)) {
      tokens.next();
      tokens.next();
      const query = this.readQuery();
      tokens.expectSign(')');
      return { kind: 'query', query, exists: true, ...tokens.from(start) };
    }
    if (text === 'INTERVAL' && tokens.peek(1).kind !== 'operator') checkSyntax(text);
    if (RESERVED.has(text)) throw tokens.unreadable('an expression');
    return this.#columnOrCall();
  }

  #columnOrCall(): Expression {
    const { tokens } = this;
    const namePlace: Place = tokens.peek();
    const names = [tokens.name()];
    if (names.length === 1 && tokens.isSign('(')) return this.#call(names[0]!, namePlace);
    while (tokens.isSign('.') && !tokens.isSign('*', 1)) {
      tokens.next();
      names.push(tokens.name());
    }
    return { kind: 'column', table: names.at(-2), name: names.at(-1)!, ...tokens.from(namePlace.start) };
  }

  #call(name: string, namePlace: Place): Expression {
    const { tokens } = this;
    tokens.expectSign('(');
    const distinct = tokens.takeWord('DISTINCT');
    const star = !distinct && tokens.takeSign('*');
    const args = star || tokens.isSign(')') ? [] : tokens.list(() => this.read());
    const orderBy = this.orderBy();
    tokens.expectSign(')');
    if (tokens.isSign('(')) throw parametric(name);
    let filter: Expression | undefined;
    if (tokens.isWord('FILTER') && tokens.isSign('(', 1)) {
      tokens.next();
      tokens.next();
      tokens.expectWord('WHERE');
      filter = this.read();
      tokens.expectSign(')');
    }
    let over: WindowDefinition | string | undefined;
    if (tokens.takeWord('OVER')) over = tokens.isSign('(') ? this.window() : tokens.name();
    return {
      kind: 'call',
      name,
      namePlace,
      distinct,
      star,
      args,
      orderBy,
      filter,
      over,
      ...tokens.from(namePlace.start),
    };
  }

  orderBy(): OrderTerm[] {
    const { tokens } = this;
    if (!tokens.takeWord('ORDER', 'BY')) return [];
    return tokens.list(() => {
      const expression = this.read();
      const descending = !tokens.takeWord('ASC') && tokens.takeWord('DESC');
      const { end } = tokens;
      const nulls = tokens.takeWord('NULLS') ? (tokens.next().text as 'FIRST' | 'LAST') : undefined;
      return { expression, end, descending, nulls };
    });
  }

  /** The definition of a window, in brackets. */
  window(): WindowDefinition {
    const { tokens } = this;
    tokens.expectSign('(');
    const named =
      tokens.peek().kind !== 'operator' && !/^(?:PARTITION|ORDER|ROWS|RANGE|GROUPS)$/.test(tokens.peek().text);
    const base = named ? tokens.name() : undefined;
    const partitionBy = tokens.takeWord('PARTITION', 'BY') ? tokens.list(() => this.read()) : [];
    const orderBy = this.orderBy();
    const bounds = this.#frame();
    tokens.expectSign(')');
    return { base, partitionBy, orderBy, bounds };
  }

  #frame(): Expression[] {
    const { tokens } = this;
    if (!tokens.takeWord('ROWS') && !tokens.takeWord('RANGE') && !tokens.takeWord('GROUPS')) return [];
    const bounds: Expression[] = [];
    const bound = (): void => {
      if (!tokens.takeWord('UNBOUNDED') && !tokens.takeWord('CURRENT')) bounds.push(this.read(NOT_BINDING));
      tokens.next();
    };
    const between = tokens.takeWord('BETWEEN');
    bound();
    if (between) {
      tokens.expectWord('AND');
      bound();
    }
    if (tokens.takeWord('EXCLUDE')) while (!tokens.isSign(')') && tokens.peek().kind === 'name') tokens.next();
    return bounds;
  }

  #case(): Expression {
    const { tokens } = this;
    const { start } = tokens.next();
    const operand = tokens.isWord('WHEN') ? undefined : this.read();
    const branches = [];
    while (tokens.takeWord('WHEN')) {
      const when = this.read();
      tokens.expectWord('THEN');
      branches.push({ when, then: this.read() });
    }
    const otherwise = tokens.takeWord('ELSE') ? this.read() : undefined;
    tokens.expectWord('END');
    return { kind: 'case', operand, branches, otherwise, ...tokens.from(start) };
  }

  #cast(): Expression {
    const { tokens } = this;
    const { start } = tokens.next();
    tokens.expectSign('(');
    const operand = this.read();
    tokens.expectWord('AS');
    const first = tokens.peek();
    for (let depth = 0; depth > 0 || !tokens.isSign(')');) {
      const { kind, text } = tokens.next();
      if (kind === 'end') throw tokens.unreadable(')');
      if (text === '(') depth += 1;
      if (text === ')') depth -= 1;
    }
    const typePlace = { start: first.start, end: tokens.end };
    tokens.expectSign(')');
    const type = tokens.sql.slice(typePlace.start, typePlace.end);
    return { kind: 'cast', operand, type, typePlace, ...tokens.from(start) };
  }
}

function literalText({ text, start, end }: Place & { readonly text: string }): Place & { readonly text: string } {
  return { text, start, end };
}
