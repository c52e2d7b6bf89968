import { widerKind } from './common-kind';
import type { Edits } from './edits';
import { ExpressionAnalyser } from './expression-analyser';
import { isWide, sameKind, STRING, UNKNOWN, INTEGER, type Valued, isNumber, isTime, isText, type Kind } from './kinds';
import { refused } from './literals';
import {
  bare,
  type Core,
  type Expression,
  type Join,
  type OrderTerm,
  type Query,
  type ResultItem,
  type Source,
  type TableSource,
} from './nodes';
import { narrowSampledTables } from './sampled-tables';
import { containsAggregate, Scope, type RelationColumn, type TimeExtent } from './scope';
import { signature } from './signature';

/** A table as the expressions of a query see it. */
export interface StoredRelation {
  readonly columns: readonly RelationColumn[];
  readonly extent?: TimeExtent | undefined;
}

/** The tables that a query may name, by their names in small letters. */
export type Tables = ReadonlyMap<string, StoredRelation>;

/** What a `SELECT` gives, and where it was written. */
interface CoreResult {
  readonly columns: readonly RelationColumn[];
  readonly scope: Scope;
}

/** Goes through queries and the queries inside of them. */
export class QueryAnalyser {
  readonly #edits: Edits;
  readonly #expressions: ExpressionAnalyser;
  /** Tables of `WITH`, the innermost last. */
  readonly #tables: Tables[];

  /** How many queries the one that is looked at lies in, itself counted. */
  #depth = 0;

  constructor(edits: Edits, tables: Tables) {
    this.#edits = edits;
    this.#tables = [tables];
    this.#expressions = new ExpressionAnalyser(edits, (query, scope) => this.analyse(query, scope));
  }

  /** The columns of the result. */
  analyse(query: Query, parent: Scope | undefined): readonly RelationColumn[] {
    const depth = this.#tables.length;
    this.#depth += 1;
    for (const { name, columns, query: inner } of query.tables) {
      // A recursive one names itself: its first part says what its columns are.
      if (inner.cores.length > 1) this.#define(name, columns, this.#dry(inner, parent));
      this.#define(name, columns, this.analyse(inner, parent));
    }
    const results = query.cores.map((core) => this.#core(core, parent, sortedItems(query)));
    this.#checkCompound(query, results);
    const columns = compoundColumns(results);
    this.#orderBy(query, results[0]!, columns);
    for (const limit of query.limits) this.#expressions.analyse(limit, new Scope(parent));
    this.#tables.length = depth;
    this.#depth -= 1;
    return columns;
  }

  #define(name: string, names: readonly string[], columns: readonly RelationColumn[]): void {
    const named = columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
    this.#tables.push(new Map([[name.toLowerCase(), { columns: named }]]));
  }

  /** The columns of the first part of a compound query, whose changes are made when all of it is looked at. */
  #dry(query: Query, parent: Scope | undefined): readonly RelationColumn[] {
    const first = { ...query, cores: query.cores.slice(0, 1), operators: [], orderBy: [], limits: [] };
    return this.#dryRun()
      .analyse(first, parent)
      .map((column) => ({ ...column, nullable: true }));
  }

  #core(core: Core, parent: Scope | undefined, sorted: ReadonlySet<ResultItem>): CoreResult {
    const scope = new Scope(parent);
    if (core.rows !== undefined) return { columns: this.#values(core.rows, scope), scope };
    this.#joins(core.from, scope, false);
    scope.items = core.items;
    scope.free += 1;
    if (core.where !== undefined) this.#where(core, core.where, scope);
    narrowSampledTables(this.#edits, core.where, scope);
    const groups = core.groupBy.map((key) => this.#groupKey(key, core, scope));
    scope.free -= 1;
    if (isGrouped(core)) scope.groups = new Set(groups);
    // Whether they are the columns of the result, and rows are not told apart by them.
    const areShown = this.#depth === 1 && !core.distinct && core.groupBy.length === 0;
    const columns = core.items.flatMap((item) =>
      this.#item(item, scope, areShown ? (sorted.has(item) ? 'sorted' : 'shown') : 'inner'),
    );
    if (core.distinct) this.#checkDistinct(core.items, columns);
    if (core.having !== undefined) this.#expressions.analyse(core.having, scope);
    for (const { window } of core.windows) this.#expressions.window(window, scope);
    return { columns, scope };
  }

  /** What an alias in `WHERE` is gets found without changing anything: its expression is looked at later. */
  #where(core: Core, where: Expression, scope: Scope): void {
    scope.findAlias = (name) => {
      const item = core.items.find(({ alias }) => alias?.toLowerCase() === name);
      if (item?.expression === undefined || containsAggregate(item.expression)) return undefined;
      scope.findAlias = undefined;
      scope.current = item;
      const value = this.#dryRun().#expressions.analyse(item.expression, scope);
      scope.current = undefined;
      scope.aliases.set(name, value);
      return value;
    };
    this.#expressions.analyse(where, scope);
    scope.findAlias = undefined;
  }

  #dryRun(): QueryAnalyser {
    const dry = new QueryAnalyser(this.#edits.copy(), new Map());
    dry.#tables.splice(0, 1, ...this.#tables);
    return dry;
  }

  #groupKey(key: Expression, core: Core, scope: Scope): string {
    const inner = bare(key);
    const ordinal = inner.kind === 'literal' && inner.is === 'integer' ? core.items[Number(inner.text) - 1] : undefined;
    const named =
      inner.kind === 'column' && inner.table === undefined && scope.keyOf(undefined, inner.name).startsWith('?')
        ? core.items.find(({ alias }) => alias?.toLowerCase() === inner.name.toLowerCase())
        : undefined;
    const item = ordinal ?? named;
    if (item?.expression === undefined) {
      this.#expressions.key(key, scope);
      return signature(key, scope);
    }
    return signature(item.expression, scope);
  }

  #item(item: ResultItem, scope: Scope, use: ItemUse): readonly RelationColumn[] {
    const { expression, alias, table } = item;
    if (expression === undefined) return this.#all(table, scope);
    scope.current = item;
    const value =
      use === 'inner'
        ? this.#expressions.analyse(expression, scope)
        : this.#expressions.shown(expression, scope, use === 'sorted');
    scope.current = undefined;
    const text = this.#edits.slice(expression);
    const inner = bare(expression);
    if (alias !== undefined) scope.aliases.set(alias.toLowerCase(), value);
    // SQLite names a column as its expression is written.
    else if (this.#edits.touches(expression)) this.#edits.append(expression.end, ` AS "${text.replaceAll('"', '""')}"`);
    return [{ ...value, name: alias ?? (inner.kind === 'column' ? inner.name : text) }];
  }

  #all(table: string | undefined, scope: Scope): readonly RelationColumn[] {
    const relations = scope.relations.filter(
      ({ name }) => table === undefined || name?.toLowerCase() === table.toLowerCase(),
    );
    if (scope.groups !== undefined)
      throw refused("* beside GROUP BY or an aggregate has any row's values; name the columns");
    return relations.flatMap(({ columns, hidden = [] }) =>
      columns.filter(({ name }) => table !== undefined || !hidden.includes(name.toLowerCase())),
    );
  }

  #checkDistinct(items: readonly ResultItem[], columns: readonly RelationColumn[]): void {
    const keys = items.length === columns.length ? items : [];
    for (const [index, { kind }] of columns.entries()) {
      const expression = keys[index]?.expression;
      if (expression !== undefined) this.#expressions.checkKey({ ...columns[index]!, expression });
      else if (kind.is === 'array' || kind.is === 'map' || kind.is === 'json') {
        throw refused(
          `DISTINCT of ${JSON.stringify(columns[index]!.name)} compares the text it was sent as; name the columns without it`,
        );
      }
    }
  }

  #values(rows: readonly (readonly Expression[])[], scope: Scope): readonly RelationColumn[] {
    const kinds = rows.map((row) => row.map((value) => this.#expressions.analyse(value, scope)));
    const columns = kinds.reduce((all, row) => all.map((value, index) => wider(value, row[index])));
    return columns.map((value, index) => ({ ...value, name: `column${index + 1}` }));
  }

  #joins(joins: readonly Join[], scope: Scope, nullable: boolean): void {
    const outer = joins.some(({ operator }) => /RIGHT|FULL/.test(operator));
    for (const { operator, source, on, using } of joins) {
      const before = scope.relations.length;
      this.#source(source, scope, nullable || outer || operator.includes('LEFT'));
      const natural = operator.includes('NATURAL');
      this.#hideJoined(scope, before, using, natural);
      if (on !== undefined) scope.freely(() => this.#expressions.analyse(on, scope));
    }
  }

  /** Columns of `USING` come once; they are compared, so they have to be of one form. */
  #hideJoined(scope: Scope, before: number, using: readonly string[], natural: boolean): void {
    if (using.length === 0 && !natural) return;
    const earlier = scope.relations.slice(0, before).flatMap(({ columns }) => columns);
    for (const [index, relation] of scope.relations.entries()) {
      if (index < before) continue;
      const hidden: string[] = [];
      for (const column of relation.columns) {
        const name = column.name.toLowerCase();
        const other = earlier.find((candidate) => candidate.name.toLowerCase() === name);
        const joined = other !== undefined && (natural || using.some((used) => used.toLowerCase() === name));
        if (!joined) continue;
        hidden.push(name);
        if (
          !sameKind(other.kind, column.kind) &&
          (isWide(column.kind) || column.kind.is !== 'integer' || other.kind.is !== 'integer')
        ) {
          throw refused(`the columns ${JSON.stringify(column.name)} are of different types; join them ON a = b`);
        }
      }
      scope.relations[index] = { ...relation, hidden };
    }
  }

  #source(source: Source, scope: Scope, nullable: boolean): void {
    if (source.kind === 'group') {
      this.#joins(source.joins, scope, nullable);
      return;
    }
    const { columns, extent }: StoredRelation =
      source.kind === 'subquery' ? { columns: this.analyse(source.query, scope.parent) } : this.#table(source, scope);
    scope.relations.push({
      name: source.alias ?? (source.kind === 'table' ? source.name : undefined),
      columns: nullable ? columns.map((column) => ({ ...column, nullable: true })) : columns,
      ...(source.kind === 'table' && extent !== undefined && { sampled: { source, extent } }),
    });
  }

  #table({ name, args }: TableSource, scope: Scope): StoredRelation {
    const values = (args ?? []).map((arg) => this.#expressions.analyse(arg, scope));
    if (args === undefined) {
      for (const tables of [...this.#tables].reverse()) {
        const relation = tables.get(name.toLowerCase());
        if (relation !== undefined) return relation;
      }
    }
    return { columns: jsonTable(values[0]) };
  }

  #checkCompound(query: Query, results: readonly CoreResult[]): void {
    for (const [index, operator] of query.operators.entries()) {
      const left = query.cores[index]!;
      if (operator === 'EXCEPT' && !(index === 0 && isDistinct(left))) {
        throw refused(
          'EXCEPT keeps what is repeated in ClickHouse and not here; write SELECT DISTINCT before it, or WHERE x NOT IN (SELECT …)',
        );
      }
      if (operator === 'INTERSECT' && !(index === 0 && isDistinct(left))) {
        throw refused(
          'INTERSECT keeps what is repeated in ClickHouse and comes before UNION; write SELECT DISTINCT before it, or WHERE x IN (SELECT …)',
        );
      }
    }
    if (query.operators.some((operator) => operator === 'EXCEPT' || operator === 'INTERSECT')) checkSameKinds(results);
    if (hasMixed(results, isTime, (kind) => isNumber(kind) || isText(kind)) || hasMixed(results, isNumber, isText)) {
      throw refused('times, numbers and texts in one column: make them one type, as with CAST(x AS TEXT)');
    }
    if (
      hasMixed(
        results,
        ({ is }) => is === 'bool',
        (kind) => isNumber(kind) && kind.is !== 'bool',
      )
    ) {
      throw refused('true and false in a column with numbers: write CAST(x AS INTEGER) or 1 and 0');
    }
    const sorted = query.operators.some((operator) => operator !== 'UNION ALL') || query.orderBy.length > 0;
    if (!sorted || results.length === 1) return;
    for (const { name, kind } of compoundColumns(results)) {
      const wide = isWide(kind) && query.orderBy.length > 0;
      if (kind.is !== 'mixed' && kind.is !== 'array' && kind.is !== 'map' && kind.is !== 'json' && !wide) continue;
      throw refused(
        `the column ${JSON.stringify(name)} of the compound query cannot be compared; make it one type with CAST, or put the query into FROM`,
      );
    }
  }

  #orderBy(query: Query, first: CoreResult, columns: readonly RelationColumn[]): void {
    const { scope } = first;
    const compound = query.cores.length > 1;
    for (const term of query.orderBy) {
      const inner = bare(term.expression);
      const ordinal = inner.kind === 'literal' && inner.is === 'integer' ? columns[Number(inner.text) - 1] : undefined;
      if (ordinal !== undefined) this.#sortByNumber(term, ordinal, inner);
      else if (compound) this.#sortCompound(term, columns);
      else this.#sortByExpression(term, query.cores[0]!, scope);
    }
  }

  #sortByNumber(term: OrderTerm, column: RelationColumn, place: Expression): void {
    if (isWide(column.kind)) {
      throw refused(`ORDER BY ${this.#edits.slice(place)} is kept as digits; write the column's name there`);
    }
    this.#expressions.checkKey({ ...column, expression: place });
    this.#expressions.sort(term, column);
  }

  #sortCompound(term: OrderTerm, columns: readonly RelationColumn[]): void {
    const inner = bare(term.expression);
    const column =
      inner.kind === 'column' ? columns.find(({ name }) => name.toLowerCase() === inner.name.toLowerCase()) : undefined;
    this.#expressions.sort(term, column ?? { kind: UNKNOWN, nullable: true });
  }

  #sortByExpression(term: OrderTerm, core: Core, scope: Scope): void {
    const inner = bare(term.expression);
    scope.prefersAliases = inner.kind === 'column';
    this.#expressions.order([term], scope);
    scope.prefersAliases = false;
    if (!core.distinct) return;
    const wanted = signature(term.expression, scope);
    const shown = core.items.some(
      ({ expression, alias }) =>
        expression === undefined ||
        signature(expression, scope) === wanted ||
        (inner.kind === 'column' && alias?.toLowerCase() === inner.name.toLowerCase()),
    );
    if (!shown)
      throw refused(
        'SELECT DISTINCT is sorted by what it does not select, which any of the equal rows decides; select it as well',
      );
  }
}

/** Whether an item is a column of the result itself, and whether the rows are sorted by it. */
type ItemUse = 'shown' | 'sorted' | 'inner';

/** The items by whose names or numbers a query is sorted. */
function sortedItems({ cores, orderBy }: Query): ReadonlySet<ResultItem> {
  const keys = orderBy.map(({ expression }) => bare(expression));
  const isKey = ({ alias }: ResultItem, index: number): boolean =>
    keys.some((key) =>
      key.kind === 'column'
        ? key.name.toLowerCase() === alias?.toLowerCase()
        : key.kind === 'literal' && key.text === String(index + 1),
    );
  return new Set(cores.flatMap(({ items }) => items.filter(isKey)));
}

function isGrouped({ groupBy, items, having }: Core): boolean {
  if (groupBy.length > 0 || (having !== undefined && containsAggregate(having))) return true;
  return items.some(({ expression }) => expression !== undefined && containsAggregate(expression));
}

function isDistinct({ distinct, groupBy, items }: Core): boolean {
  return (
    distinct ||
    (groupBy.length === 0 &&
      items.length > 0 &&
      items.every(({ expression }) => expression !== undefined && containsAggregate(expression)))
  );
}

/** Whether a column has values of the one sort beside values of the other. */
function hasMixed(
  results: readonly CoreResult[],
  isOne: (kind: Kind) => boolean,
  isOther: (kind: Kind) => boolean,
): boolean {
  return results[0]!.columns.some(({ kind }, index) => {
    const kinds = results.map(({ columns }) => columns[index]?.kind ?? kind);
    return kinds.some(isOne) && kinds.some(isOther);
  });
}

/** Rows are only looked up among rows of the same types: ClickHouse finds 1 in no list of another type. */
function checkSameKinds(results: readonly CoreResult[]): void {
  const [first, ...others] = results;
  for (const { columns } of others) {
    for (const [index, { name, kind }] of columns.entries()) {
      const { kind: wanted } = first!.columns[index] ?? { kind };
      const known = [kind, wanted].every(({ is }) => is !== 'null' && is !== 'unknown');
      const integers = [kind, wanted].every((one) => one.is === 'integer' && !isWide(one));
      if (!known || integers || sameKind(kind, wanted)) continue;
      throw refused(
        `the column ${JSON.stringify(name)} is of different types in the SELECTs; make it one type with CAST`,
      );
    }
  }
}

function compoundColumns(results: readonly CoreResult[]): readonly RelationColumn[] {
  return results
    .map(({ columns }) => columns)
    .reduce((all, columns) => all.map((column, index) => ({ ...column, ...wider(column, columns[index]) })));
}

function wider(a: Valued, b: Valued | undefined): Valued {
  if (b === undefined) return a;
  return { kind: widerKind(a.kind, b.kind), nullable: a.nullable || b.nullable };
}

/** The columns of `json_each` and `json_tree`: values of an array or a map are what its type says. */
function jsonTable(argument: Valued | undefined): readonly RelationColumn[] {
  const kind = argument?.kind;
  const items = kind?.is === 'array' || kind?.is === 'map' ? kind.items : UNKNOWN;
  const value =
    items.is === 'string' || items.is === 'float'
      ? items
      : items.is === 'integer' && items.bits < 64
        ? INTEGER
        : UNKNOWN;
  return [
    { name: 'key', kind: kind?.is === 'array' ? INTEGER : UNKNOWN, nullable: true },
    { name: 'value', kind: value, nullable: true, isElement: value.is === 'unknown' },
    { name: 'type', kind: STRING, nullable: false },
    { name: 'atom', kind: value, nullable: true, isElement: value.is === 'unknown' },
    { name: 'id', kind: INTEGER, nullable: false },
    { name: 'parent', kind: INTEGER, nullable: true },
    { name: 'fullkey', kind: STRING, nullable: false },
    { name: 'path', kind: STRING, nullable: false },
  ];
}
