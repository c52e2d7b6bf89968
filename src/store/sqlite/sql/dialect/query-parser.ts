import { ExpressionParser } from './expression-parser';
import { checkSyntax, checkTableAlias, foreign } from './foreign-syntax';
import type { CommonTable, Core, Expression, Join, OrderTerm, Query, ResultItem, Source, TableSource } from './nodes';
import { TokenStream } from './token-stream';

/** Words that cannot be an alias without `AS`. */
const NO_ALIAS = new Set(
  (
    'FROM WHERE GROUP HAVING ORDER LIMIT UNION EXCEPT INTERSECT ON USING JOIN LEFT RIGHT FULL INNER CROSS NATURAL OUTER ' +
    'INDEXED NOT WINDOW SETTINGS FORMAT AS AND OR IN IS BETWEEN LIKE SELECT VALUES SET THEN ELSE WHEN'
  ).split(' '),
);

const JOIN = /^(?:JOIN|LEFT|RIGHT|FULL|INNER|CROSS|NATURAL|OUTER)$/;

/**
 * Reads a query by SQLite's grammar: https://www.sqlite.org/lang_select.html. Throws `invalid_sql` for what is
 * ClickHouse's and would be misread, and `UnreadableQuery`.
 */
export function parseQuery(sql: string): ParsedQuery {
  const parser = new QueryParser(new TokenStream(sql));
  return { query: parser.readAll(), tables: parser.tables };
}

export interface ParsedQuery {
  readonly query: Query;
  /** All that it and the queries inside of it name in FROM. */
  readonly tables: readonly TableSource[];
}

class QueryParser {
  readonly tables: TableSource[] = [];
  readonly #tokens: TokenStream;
  readonly #expressions: ExpressionParser;

  constructor(tokens: TokenStream) {
    this.#tokens = tokens;
    this.#expressions = new ExpressionParser(tokens, () => this.#query());
  }

  readAll(): Query {
    const query = this.#query();
    const { kind, text } = this.#tokens.peek();
    if (kind === 'name') checkSyntax(text === 'WITH' ? this.#tokens.peek(1).text : text);
    if (this.#tokens.isWord('BY')) {
      throw foreign(
        'there is no LIMIT … BY here',
        'a subquery with row_number() OVER (PARTITION BY …), and WHERE around it',
      );
    }
    if (kind !== 'end') throw this.#tokens.unreadable('the end');
    return query;
  }

  #query(): Query {
    const tokens = this.#tokens;
    const { start } = tokens.peek();
    const tables = tokens.takeWord('WITH') ? this.#commonTables() : [];
    const cores = [this.#core()];
    const operators: string[] = [];
    for (let operator = this.#compound(); operator !== undefined; operator = this.#compound()) {
      operators.push(operator);
      cores.push(this.#core());
    }
    const orderBy: OrderTerm[] = this.#expressions.orderBy();
    const limits: Expression[] = [];
    if (tokens.takeWord('LIMIT')) {
      limits.push(this.#read());
      if (tokens.takeWord('OFFSET') || tokens.takeSign(',')) limits.push(this.#read());
    }
    return { tables, cores, operators, orderBy, limits, ...tokens.from(start) };
  }

  #compound(): string | undefined {
    const tokens = this.#tokens;
    if (tokens.takeWord('UNION', 'ALL')) return 'UNION ALL';
    const { text } = tokens.peek();
    const is = tokens.takeWord('UNION') || tokens.takeWord('EXCEPT') || tokens.takeWord('INTERSECT');
    if (is && tokens.isWord('DISTINCT'))
      throw foreign(`${text} DISTINCT is not read here`, `${text}, which is distinct`);
    if (is && tokens.isWord('ALL')) throw foreign(`there is no ${text} ALL here`, 'a condition with IN (SELECT …)');
    return is ? text : undefined;
  }

  #commonTables(): CommonTable[] {
    const tokens = this.#tokens;
    tokens.takeWord('RECURSIVE');
    return tokens.list(() => {
      const name = tokens.name();
      let columns: string[] = [];
      if (tokens.takeSign('(')) {
        columns = tokens.list(() => tokens.name());
        tokens.expectSign(')');
      }
      tokens.expectWord('AS');
      if (!tokens.takeWord('NOT', 'MATERIALIZED')) tokens.takeWord('MATERIALIZED');
      tokens.expectSign('(');
      const query = this.#query();
      tokens.expectSign(')');
      return { name, columns, query };
    });
  }

  #core(): Core {
    const tokens = this.#tokens;
    const { start } = tokens.peek();
    if (tokens.takeWord('VALUES')) return this.#values(start);
    tokens.expectWord('SELECT');
    const distinct = tokens.takeWord('DISTINCT');
    if (!distinct) tokens.takeWord('ALL');
    if (distinct && tokens.isWord('ON')) throw foreign('there is no DISTINCT ON here', 'GROUP BY');
    const items = tokens.list(() => this.#item());
    const from = tokens.takeWord('FROM') ? this.#joins() : [];
    const { kind, text } = tokens.peek();
    if (kind === 'name' && (text === 'PREWHERE' || text === 'SAMPLE')) checkTableAlias(text);
    const where = tokens.takeWord('WHERE') ? this.#read() : undefined;
    const groupBy = tokens.takeWord('GROUP', 'BY') ? tokens.list(() => this.#read()) : [];
    const having = tokens.takeWord('HAVING') ? this.#read() : undefined;
    const windows = tokens.takeWord('WINDOW') ? tokens.list(() => this.#namedWindow()) : [];
    return { distinct, items, rows: undefined, from, where, groupBy, having, windows, ...tokens.from(start) };
  }

  #values(start: number): Core {
    const rows = this.#tokens.list(() => {
      this.#tokens.expectSign('(');
      return this.#expressions.arguments();
    });
    const nothing = { distinct: false, items: [], from: [], where: undefined, groupBy: [], having: undefined };
    return { ...nothing, rows, windows: [], ...this.#tokens.from(start) };
  }

  #namedWindow(): Core['windows'][number] {
    const name = this.#tokens.name();
    this.#tokens.expectWord('AS');
    return { name, window: this.#expressions.window() };
  }

  #item(): ResultItem {
    const tokens = this.#tokens;
    if (tokens.takeSign('*')) return { expression: undefined, table: undefined, alias: undefined };
    if (tokens.isSign('.', 1) && tokens.isSign('*', 2)) {
      const table = tokens.name();
      tokens.next();
      tokens.next();
      return { expression: undefined, table, alias: undefined };
    }
    const expression = this.#read();
    return { expression, table: undefined, alias: this.#alias() };
  }

  #alias(): string | undefined {
    const tokens = this.#tokens;
    if (tokens.takeWord('AS')) return tokens.name();
    const { kind, text } = tokens.peek();
    if (kind === 'quoted' || kind === 'string') return tokens.name();
    return kind === 'name' && !NO_ALIAS.has(text) ? tokens.name() : undefined;
  }

  #joins(): Join[] {
    const tokens = this.#tokens;
    const joins: Join[] = [{ operator: '', source: this.#source(), on: undefined, using: [] }];
    for (;;) {
      let operator = '';
      if (tokens.takeSign(',')) operator = ',';
      else while (tokens.peek().kind === 'name' && JOIN.test(tokens.peek().text)) operator += `${tokens.next().text} `;
      if (operator === '') return joins;
      const source = this.#source();
      const on = tokens.takeWord('ON') ? this.#read() : undefined;
      joins.push({ operator: operator.trim(), source, on, using: this.#using() });
    }
  }

  #using(): string[] {
    const tokens = this.#tokens;
    if (!tokens.takeWord('USING')) return [];
    if (!tokens.isSign('(')) throw foreign('USING has its columns in brackets', 'USING (a, b)');
    tokens.next();
    const names = tokens.list(() => tokens.name());
    tokens.expectSign(')');
    return names;
  }

  #source(): Source {
    const tokens = this.#tokens;
    const { start } = tokens.peek();
    if (!tokens.takeSign('(')) return this.#table(start);
    if (tokens.isWord('SELECT') || tokens.isWord('WITH') || tokens.isWord('VALUES')) {
      const query = this.#query();
      tokens.expectSign(')');
      return { kind: 'subquery', query, alias: this.#tableAlias(), ...tokens.from(start) };
    }
    const joins = this.#joins();
    tokens.expectSign(')');
    this.#tableAlias();
    return { kind: 'group', joins, ...tokens.from(start) };
  }

  #table(start: number): Source {
    const tokens = this.#tokens;
    let [schema, name]: [string | undefined, string] = [undefined, tokens.name()];
    if (tokens.takeSign('.')) [schema, name] = [name, tokens.name()];
    const namePlace = tokens.from(start);
    const args = tokens.takeSign('(') ? this.#expressions.arguments() : undefined;
    const alias = this.#tableAlias();
    if (tokens.takeWord('INDEXED', 'BY')) tokens.name();
    else tokens.takeWord('NOT', 'INDEXED');
    const table = { kind: 'table', schema, name, namePlace, args, alias, ...tokens.from(start) } as const;
    this.tables.push(table);
    return table;
  }

  #tableAlias(): string | undefined {
    const { kind, text } = this.#tokens.peek();
    if (kind === 'name') checkTableAlias(text);
    return this.#alias();
  }

  #read(): Expression {
    return this.#expressions.read();
  }
}
