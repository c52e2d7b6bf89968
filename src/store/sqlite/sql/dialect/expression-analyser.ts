import { Arithmetic } from './arithmetic';
import { asText, callKind } from './calls';
import { castKind } from './casts';
import { commonKind } from './common-kind';
import { Comparisons, type Operand } from './comparisons';
import { stringLiteral, type Edits } from './edits';
import { JsonParts } from './json-parts';
import { FLOAT, INTEGER, isJson, isWide, STRING, UNKNOWN, type Kind, type Valued } from './kinds';
import { literalOf, refused, unescape } from './literals';
import {
  bare,
  type Binary,
  type Call,
  type ColumnName,
  type Expression,
  type InList,
  type Literal,
  type OrderTerm,
  type Pattern,
  type Query,
  type WindowDefinition,
} from './nodes';
import { QueryValues } from './query-values';
import { isAggregate, type Scope } from './scope';
import { signature } from './signature';
import { checkSingleRow } from './single-row';
import { checkPattern } from './text-arguments';

const BOOLEAN: Kind = { is: 'integer', bits: 8, signed: false };

const ARITHMETIC = new Set(['+', '-', '*', '/', '%']);
const ORDERS = new Set(['<', '<=', '>', '>=']);
const LOGIC = new Set(['AND', 'OR']);
const BITS = new Set(['&', '|', '<<', '>>']);

/**
 * Finds what each expression is, refuses what would mean something else on ClickHouse, and changes what can be made
 * right.
 */
export class ExpressionAnalyser {
  readonly #edits: Edits;
  readonly #comparisons: Comparisons;
  readonly #arithmetic: Arithmetic;
  readonly #queryValues: QueryValues;
  readonly #parts: JsonParts;
  /** The values of the rows that were looked at. */
  readonly #rows = new Map<Expression, readonly Operand[]>();
  readonly #analyseQuery: (query: Query, scope: Scope) => readonly Valued[];

  constructor(edits: Edits, analyseQuery: (query: Query, scope: Scope) => readonly Valued[]) {
    this.#edits = edits;
    this.#comparisons = new Comparisons(edits);
    this.#arithmetic = new Arithmetic(edits);
    this.#queryValues = new QueryValues(edits, this.#comparisons);
    this.#parts = new JsonParts(edits);
    this.#analyseQuery = analyseQuery;
  }

  /** Something the rows may be grouped by or sorted by. */
  key(expression: Expression, scope: Scope): Operand {
    const operand = this.operand(expression, scope);
    this.#comparisons.distinct(operand);
    return operand;
  }

  /** Looks at a column of the result itself. `sorted`: whether the rows are sorted by it. */
  shown(expression: Expression, scope: Scope, sorted: boolean): Valued {
    if (!sorted) this.#parts.use('digits', expression);
    this.#arithmetic.shown = bare(expression);
    const value = this.analyse(expression, scope);
    this.#arithmetic.shown = undefined;
    return value;
  }

  checkKey(operand: Operand): void {
    this.#comparisons.distinct(operand);
  }

  operand(expression: Expression, scope: Scope): Operand {
    return { ...this.analyse(expression, scope), expression };
  }

  analyse(expression: Expression, scope: Scope): Valued {
    const grouped = scope.groups !== undefined && scope.free === 0 && scope.groups.has(signature(expression, scope));
    return grouped ? scope.freely(() => this.#analyse(expression, scope)) : this.#analyse(expression, scope);
  }

  #analyse(node: Expression, scope: Scope): Valued {
    this.#parts.useParts(node);
    switch (node.kind) {
      case 'literal':
        return this.#literal(node);
      case 'column':
        return this.#column(node, scope);
      case 'binary':
        return this.#binary(node, scope);
      case 'unary':
        return this.#unary(node, scope);
      case 'pattern':
        return this.#pattern(node, scope);
      case 'between':
        return this.#between(node, scope);
      case 'in':
        return this.#in(node, scope);
      case 'case':
        return this.#case(node, scope);
      case 'cast':
        return castKind(node, this.operand(node.operand, scope), {
          edits: this.#edits,
          comparisons: this.#comparisons,
        });
      case 'call':
        return this.#call(node, scope);
      case 'query':
        return this.#query(node.query, node.exists, scope);
      case 'brackets':
        return this.#brackets(node, scope);
      case 'collate':
        return this.analyse(node.operand, scope);
    }
  }

  #column(node: ColumnName, scope: Scope): Valued {
    const column = scope.resolve(node.table, node.name);
    if (column.elementOf !== undefined) this.#parts.element(node, column.elementOf);
    return column;
  }

  #literal(node: Literal): Valued {
    const { is, text } = node;
    switch (is) {
      case 'integer':
        return { kind: this.#integer(node), nullable: false };
      case 'float':
        return { kind: FLOAT, nullable: false };
      case 'string':
        if (text.includes('\\')) this.#edits.replace(node, stringLiteral(unescape(text)));
        return { kind: STRING, nullable: false };
      case 'bool':
        return { kind: { is: 'bool' }, nullable: false };
      case 'null':
        return { kind: { is: 'null' }, nullable: true };
      case 'now':
        return { kind: { is: 'time', precision: 0 }, nullable: false };
      case 'today':
        return { kind: { is: 'date' }, nullable: false };
      case 'clock':
      case 'blob':
        return { kind: UNKNOWN, nullable: false };
    }
  }

  #integer(node: Literal): Kind {
    if (!/^\d{1,20}$/.test(node.text)) return INTEGER;
    const value = BigInt(node.text);
    if (value < 2n ** 31n) return { is: 'integer', bits: 32, signed: true };
    if (value < 2n ** 63n) return INTEGER;
    if (value >= 2n ** 64n) return FLOAT;
    // SQLite would read a double.
    this.#edits.replace(node, ` '${value.toString()}' `);
    return { is: 'integer', bits: 64, signed: false };
  }

  #binary(node: Binary, scope: Scope): Valued {
    const { operator, sign } = node;
    const left = this.operand(node.left, scope);
    const right = this.operand(node.right, scope);
    const nullable = left.nullable || right.nullable;
    if (LOGIC.has(operator)) return { kind: BOOLEAN, nullable };
    if (ARITHMETIC.has(operator)) {
      this.#checkBrackets(node, (child) => child === '||', 'ClickHouse joins after it has calculated');
      return {
        kind: this.#arithmetic.calculate(node, left, right),
        nullable: nullable || operator === '/' || operator === '%',
      };
    }
    if (operator === '||') {
      const context = { edits: this.#edits, comparisons: this.#comparisons };
      asText(left, context);
      asText(right, context);
      return { kind: STRING, nullable };
    }
    if (operator === '->>' || operator === '->') {
      const kind = part(left.kind, operator);
      const any = operator === '->>' && kind.is === 'unknown';
      return { kind: any ? this.#parts.arrow(node) : kind, nullable: true };
    }
    if (BITS.has(operator)) {
      this.#arithmetic.bits(left, right);
      return { kind: INTEGER, nullable };
    }
    this.#compare(node, left, right, sign);
    return { kind: BOOLEAN, nullable: nullable && !operator.startsWith('IS') };
  }

  #compare(node: Binary, left: Operand, right: Operand, sign: Binary['sign']): void {
    this.#checkBrackets(node, isComparison, 'ClickHouse compares from left to right');
    if (this.#queryValues.compare(node, [this.#valuesOf(left), this.#valuesOf(right)])) return;
    if (ORDERS.has(node.operator)) this.#comparisons.order(left, right, node, sign);
    else this.#comparisons.equal(left, right);
  }

  /** Refuses an operator right inside of another, without brackets, where ClickHouse would group otherwise. */
  #checkBrackets(node: Binary, isOther: (operator: string) => boolean, why: string): void {
    for (const child of [node.left, node.right]) {
      const operator =
        child.kind === 'binary' ? child.operator : child.kind === 'in' || child.kind === 'pattern' ? 'IN' : '';
      if (isOther(operator)) throw refused(`${this.#edits.slice(node)} needs brackets: ${why}`);
    }
  }

  #unary(node: Extract<Expression, { kind: 'unary' }>, scope: Scope): Valued {
    const operand = this.operand(node.operand, scope);
    switch (node.operator) {
      case '-':
        return { kind: this.#arithmetic.negate(node, operand), nullable: operand.nullable };
      case '+':
        return operand;
      case '~':
        return { kind: INTEGER, nullable: operand.nullable };
      case 'NOT':
        return { kind: BOOLEAN, nullable: operand.nullable };
      default:
        return { kind: BOOLEAN, nullable: false };
    }
  }

  /** ClickHouse's `LIKE` has the backslash for an escape. */
  #pattern(node: Pattern, scope: Scope): Valued {
    const operand = this.operand(node.operand, scope);
    const pattern = this.operand(node.pattern, scope);
    checkPattern(node.operator, [operand, pattern], this.#edits);
    const plain = literalOf(node.pattern)?.text.includes('\\') === false;
    if (node.operator === 'LIKE' && node.escape === undefined && !plain)
      this.#edits.append(node.end, String.raw` ESCAPE '\'`);
    return { kind: BOOLEAN, nullable: operand.nullable || pattern.nullable };
  }

  #between(node: Extract<Expression, { kind: 'between' }>, scope: Scope): Valued {
    const operand = this.operand(node.operand, scope);
    const bounds = [node.low, node.high].map((bound) => this.operand(bound, scope));
    for (const bound of bounds) this.#comparisons.between(operand, bound);
    return { kind: BOOLEAN, nullable: [operand, ...bounds].some(({ nullable }) => nullable) };
  }

  #in(node: InList, scope: Scope): Valued {
    const operand = this.operand(node.operand, scope);
    if (node.list === undefined && node.query === undefined)
      throw refused('IN takes a list or a query here; write x IN (SELECT column FROM table)');
    const items = (node.list ?? []).map((item) => this.operand(item, scope));
    if (node.list?.length === 0 && operand.nullable)
      throw refused('NULL in an empty list is NULL in ClickHouse and not here; leave it out');
    for (const item of items) {
      if (item.kind.is === 'null')
        throw refused('NULL in a list is left out by ClickHouse; leave it out, or write OR x IS NULL');
      this.#comparisons.equal(operand, item);
    }
    const result = node.query === undefined ? [] : this.#analyseQuery(node.query, scope);
    if (node.query !== undefined && result.some(({ nullable }) => nullable))
      this.#leaveNullsOut(node.query, result.length);
    this.#queryValues.lookUp(node, operand, this.#valuesOf(operand), result);
    return { kind: BOOLEAN, nullable: operand.nullable || items.some(({ nullable }) => nullable) };
  }

  /** A NULL among the values makes `IN` NULL where it is not true; ClickHouse does without it. */
  #leaveNullsOut(query: Query, width: number): void {
    if (width !== 1) throw refused('rows with NULLs cannot be looked up with IN here; write EXISTS (SELECT …)');
    this.#edits.wrap(query, 'WITH hub_values(x) AS (', ') SELECT x FROM hub_values WHERE x IS NOT NULL');
  }

  #case(node: Extract<Expression, { kind: 'case' }>, scope: Scope): Valued {
    const base = node.operand === undefined ? undefined : this.operand(node.operand, scope);
    const results: Operand[] = [];
    for (const { when, then } of node.branches) {
      const condition = this.operand(when, scope);
      if (base !== undefined) this.#comparisons.equal(base, condition);
      results.push(this.operand(then, scope));
    }
    if (node.otherwise !== undefined) results.push(this.operand(node.otherwise, scope));
    const result = commonKind(results, this.#comparisons, this.#edits);
    return node.otherwise === undefined ? { ...result, nullable: true } : result;
  }

  #call(node: Call, scope: Scope): Valued {
    const inside = (): Operand[] => {
      const operands = node.args.map((arg) => this.operand(arg, scope));
      if (node.distinct) for (const operand of operands) this.#comparisons.distinct(operand);
      if (node.filter !== undefined) this.analyse(node.filter, scope);
      this.order(node.orderBy, scope);
      return operands;
    };
    const args = isAggregate(node) ? scope.freely(inside) : inside();
    if (typeof node.over === 'object') this.window(node.over, scope);
    if (node.name.toLowerCase() === 'json_extract') this.#parts.extract(node);
    return callKind({ node, args, edits: this.#edits, comparisons: this.#comparisons });
  }

  window(window: WindowDefinition, scope: Scope): void {
    for (const expression of window.partitionBy) this.key(expression, scope);
    for (const expression of window.bounds) this.analyse(expression, scope);
    this.order(window.orderBy, scope);
  }

  /** NULLs come last, as in ClickHouse; what is kept as digits is sorted as numbers. */
  order(terms: readonly OrderTerm[], scope: Scope): void {
    for (const term of terms) this.sort(term, this.key(term.expression, scope));
  }

  sort(term: OrderTerm, { kind, nullable }: Valued): void {
    const text = this.#edits.slice(term.expression);
    if (kind.is === 'uuid')
      throw refused(`ClickHouse sorts UUIDs from their middle; write ORDER BY CAST(${text} AS TEXT)`);
    if (isWide(kind)) this.#edits.wrap(term.expression, 'hub_order(', ')');
    if (nullable && !term.descending && term.nulls === undefined) this.#edits.append(term.end, ' NULLS LAST');
  }

  #query(query: Query, exists: boolean, scope: Scope): Valued {
    const columns = this.#analyseQuery(query, scope);
    this.#queryValues.remember(query, columns);
    if (exists) return { kind: BOOLEAN, nullable: false };
    checkSingleRow(query, columns.length, this.#edits);
    return { kind: columns.length === 1 ? columns[0]!.kind : UNKNOWN, nullable: true };
  }

  /** The values of a row, or the one value. */
  #valuesOf(operand: Operand): readonly Operand[] {
    return this.#rows.get(bare(operand.expression)) ?? [operand];
  }

  #brackets(node: Extract<Expression, { kind: 'brackets' }>, scope: Scope): Valued {
    const values = node.items.map((item) => this.operand(item, scope));
    if (values.length === 1) return values[0]!;
    this.#rows.set(node, values);
    return { kind: UNKNOWN, nullable: values.some(({ nullable }) => nullable) };
  }
}

function isComparison(operator: string): boolean {
  return (
    ORDERS.has(operator) || operator === 'IN' || operator.startsWith('IS') || ['=', '==', '<>', '!='].includes(operator)
  );
}

/** What is taken out of an array, a map or JSON. */
function part(kind: Kind, operator: string): Kind {
  if (operator === '->' || !isJson(kind)) return UNKNOWN;
  if (kind.is !== 'array' && kind.is !== 'map') return UNKNOWN;
  const { items } = kind;
  // Inside of JSON times and decimals are texts, and long integers are rounded.
  return items.is === 'string' || items.is === 'float' || items.is === 'bool'
    ? items
    : items.is === 'integer' && items.bits < 64
      ? INTEGER
      : UNKNOWN;
}
