import { identifier } from '../identifier';
import { refused } from './literals';
import { bare, type Binary, type Expression, type InList, type Place, type Query } from './nodes';
import { clausesOf, innerQueries, partsOf, queriesOf } from './query-parts';

/** How long a query may become: a comparison inside of another one is written twice. */
const MAX_LENGTH = 1_000_000;

/** What stands in place of a part of the query. */
interface Rewritten extends Place {
  readonly text: string;
}

type Row = readonly Expression[];

/**
 * Writes comparisons of row values as those of their parts, to which all rules of comparing apply: `(a, b) < (c, d)` as
 * `(a < c OR (a = c AND b < d))`. Gives the text as it is where there are none.
 */
export function splitRowValues(sql: string, query: Query): string {
  return new RowValueSplitter(sql).query(query);
}

class RowValueSplitter {
  readonly #sql: string;
  readonly #texts = new Map<Expression, string>();

  constructor(sql: string) {
    this.#sql = sql;
  }

  query(query: Query): string {
    return this.#write({ start: 0, end: this.#sql.length }, this.#inQuery(query));
  }

  #inQuery(query: Query): Rewritten[] {
    return [
      ...innerQueries(query).flatMap((inner) => this.#inQuery(inner)),
      ...query.cores.flatMap(({ items }) => items.flatMap((item) => this.#inItem(item.expression, item.alias))),
      ...clausesOf(query).flatMap((expression) => this.#in(expression)),
    ];
  }

  /** SQLite names a column as its expression is written. */
  #inItem(expression: Expression | undefined, alias: string | undefined): Rewritten[] {
    if (expression === undefined) return [];
    const inside = this.#in(expression);
    if (inside.length === 0 || alias !== undefined) return inside;
    const { start, end } = expression;
    return [...inside, { start: end, end, text: ` AS ${identifier(this.#sql.slice(start, end))}` }];
  }

  #in(expression: Expression): Rewritten[] {
    const text = this.#split(expression);
    if (text !== undefined) return [{ start: expression.start, end: expression.end, text }];
    return [
      ...partsOf(expression).flatMap((part) => this.#in(part)),
      ...queriesOf(expression).flatMap((query) => this.#inQuery(query)),
    ];
  }

  #write({ start, end }: Place, inside: readonly Rewritten[]): string {
    let text = '';
    let at = start;
    for (const part of [...inside].sort((a, b) => a.start - b.start || a.end - b.end)) {
      text += this.#sql.slice(at, part.start) + part.text;
      at = part.end;
    }
    text += this.#sql.slice(at, end);
    if (text.length > MAX_LENGTH) throw refused('comparisons of row values inside of others are too long');
    return text;
  }

  /** An expression as an operand. */
  #text(expression: Expression): string {
    const known = this.#texts.get(expression);
    if (known !== undefined) return known;
    const text = this.#write(expression, this.#in(expression));
    const needsBrackets = !['literal', 'column', 'call', 'cast', 'case', 'query', 'brackets'].includes(expression.kind);
    const operand = needsBrackets ? `(${text})` : text;
    this.#texts.set(expression, operand);
    return operand;
  }

  /** What a comparison of row values is written as. */
  #split(node: Expression): string | undefined {
    if (node.kind === 'binary') return this.#binary(node);
    if (node.kind === 'between') return this.#between(node);
    if (node.kind === 'in') return this.#inList(node);
    return node.kind === 'case' ? this.#case(node) : undefined;
  }

  #between(node: Extract<Expression, { kind: 'between' }>): string | undefined {
    const [row, low, high] = [node.operand, node.low, node.high].map(rowOf);
    if (row === undefined) return undefined;
    if (low?.length !== row.length || high?.length !== row.length) throw this.#unequal(node);
    const both = `(${this.#compare('>=', row, low)} AND ${this.#compare('<=', row, high)})`;
    return node.negated ? `(NOT ${both})` : both;
  }

  #binary(node: Binary): string | undefined {
    const [left, right] = [rowOf(node.left), rowOf(node.right)];
    const compares = /^(?:[=<>!]+|IS.*)$/.test(node.operator);
    if (!compares || left === undefined || right === undefined) return undefined;
    if (left.length !== right.length) throw this.#unequal(node);
    return this.#compare(node.operator, left, right);
  }

  #compare(operator: string, left: Row, right: Row): string {
    const pairs = (sign: string): string[] => left.map((part, index) => this.#pair(sign, part, right[index]!));
    if (['<', '<=', '>', '>='].includes(operator)) {
      const [strict, equal, last] = [pairs(operator.slice(0, 1)), pairs('='), pairs(operator).at(-1)!];
      return strict
        .slice(0, -1)
        .reduceRight((rest, pair, index) => `(${pair} OR (${equal[index]!} AND ${rest}))`, last);
    }
    const differs = ['<>', '!=', 'IS NOT', 'IS DISTINCT'].includes(operator);
    return `(${pairs(operator).join(differs ? ' OR ' : ' AND ')})`;
  }

  /** Parts may be rows themselves. */
  #pair(operator: string, left: Expression, right: Expression): string {
    const [row, other] = [rowOf(left), rowOf(right)];
    if (row === undefined && other === undefined) return `${this.#text(left)} ${signOf(operator)} ${this.#text(right)}`;
    if (row?.length !== other?.length) throw this.#unequal({ start: left.start, end: right.end });
    return this.#compare(operator, row!, other!);
  }

  /** A row in which a part is NULL is in no list, other than NULL itself, which is neither in one nor not. */
  #inList(node: InList): string | undefined {
    const row = rowOf(node.operand);
    const rows = node.query === undefined ? node.list?.map(rowOf) : valuesOf(node.query);
    if (row === undefined || rows === undefined || rows.length === 0) return undefined;
    const equals = rows.map((values) => {
      if (values?.length !== row.length) throw this.#unequal(node);
      return this.#compare('=', row, values);
    });
    const any = `coalesce((${equals.join(' OR ')}), 0)`;
    return node.negated ? `(NOT ${any})` : any;
  }

  #case({ operand, branches, otherwise, ...place }: Extract<Expression, { kind: 'case' }>): string | undefined {
    const row = operand === undefined ? undefined : rowOf(operand);
    if (row === undefined) return undefined;
    const cases = branches.map(({ when, then }) => {
      const values = rowOf(when);
      if (values?.length !== row.length) throw this.#unequal(place);
      return `WHEN ${this.#compare('=', row, values)} THEN ${this.#text(then)} `;
    });
    return `CASE ${cases.join('')}${otherwise === undefined ? '' : `ELSE ${this.#text(otherwise)} `}END`;
  }

  #unequal({ start, end }: Place): Error {
    const text = this.#sql.slice(start, Math.min(end, start + 80));
    return refused(`${text} compares a row with something else; write rows of as many values, as in (a, b) = (1, 2)`);
  }
}

function signOf(operator: string): string {
  return operator.endsWith(' DISTINCT') ? `${operator} FROM` : operator;
}

/** The values in brackets, if there are several. */
function rowOf(expression: Expression): Row | undefined {
  const inner = bare(expression);
  return inner.kind === 'brackets' && inner.items.length > 1 ? inner.items : undefined;
}

/** The rows of a query that is `VALUES` alone. */
function valuesOf({ tables, cores, orderBy, limits }: Query): readonly Row[] | undefined {
  const alone = tables.length === 0 && cores.length === 1 && orderBy.length === 0 && limits.length === 0;
  return alone ? cores[0]!.rows : undefined;
}
