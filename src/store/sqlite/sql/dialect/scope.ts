import { identifier } from '../identifier';
import type { Valued } from './kinds';
import { bare, type Expression, type ResultItem, type TableSource } from './nodes';
import { refused } from './literals';

/** A column of a table, a view or a subquery. */
export interface RelationColumn extends Valued {
  readonly name: string;
  /** Of a value of any type in `json_each` or `json_tree`. */
  readonly isElement?: boolean;
}

/** Names of columns between which the `timestamp` of a row lies: of the block or the package that it is read from. */
export interface TimeExtent {
  readonly least: string;
  readonly greatest: string;
}

/** A table with such columns, where a query names it. */
export interface SampledTable {
  readonly source: TableSource;
  readonly extent: TimeExtent;
}

export interface Relation {
  readonly name: string | undefined;
  readonly columns: readonly RelationColumn[];
  /** Columns that `*` leaves out, because an earlier table has them as well (`USING`). */
  readonly hidden?: readonly string[];
  /** Where it is named, if it has columns that tell which times it spans. */
  readonly sampled?: SampledTable;
}

/** What a name of a column stands for. */
export interface Resolved extends Valued {
  /** The same for the same column of the same source. */
  readonly key: string;
  /** Of a value in `json_each` or `json_tree`: the quoted name of the table. */
  readonly elementOf?: string | undefined;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The names that the expressions of one `SELECT` see. */
export class Scope {
  readonly relations: Relation[] = [];
  /** The kinds of the result columns with an alias, as far as they are known. */
  readonly aliases = new Map<string, Valued>();
  /** Finds what an alias is that is used before its expression has been looked at, as in `WHERE`. */
  findAlias: ((name: string) => Valued | undefined) | undefined;
  items: readonly ResultItem[] = [];
  /** Signatures of what the rows are grouped by; `undefined` where they are not. */
  groups: ReadonlySet<string> | undefined;
  /** Above 0 inside of aggregates, of what is grouped by, and outside of what is grouped. */
  free = 0;
  /** The item that is looked at. */
  current: ResultItem | undefined;
  /** Whether aliases come before columns, as in `ORDER BY`. */
  prefersAliases = false;

  constructor(readonly parent: Scope | undefined) {}

  /** Runs something with the names of columns not bound to be grouped. */
  freely<T>(run: () => T): T {
    this.free += 1;
    try {
      return run();
    } finally {
      this.free -= 1;
    }
  }

  /** Throws `invalid_sql` when ClickHouse would take the name for something else, or refuse it. */
  resolve(table: string | undefined, name: string): Resolved {
    const alias = table === undefined ? this.#alias(name.toLowerCase()) : undefined;
    if (alias !== undefined && this.prefersAliases) return { ...alias, key: `alias ${name.toLowerCase()}` };
    const column = this.#column(table, name);
    if (column !== undefined) {
      this.#checkAlias(table, name);
      this.#checkGrouping(name, column.key);
      return column;
    }
    if (alias !== undefined) return { ...alias, key: `alias ${name.toLowerCase()}` };
    if (this.parent !== undefined) return this.parent.resolve(table, name);
    return { kind: { is: 'unknown' }, nullable: true, key: `? ${name.toLowerCase()}` };
  }

  /** The key of what a name stands for, without looking whether it may be used. */
  keyOf(table: string | undefined, name: string): string {
    return this.#column(table, name)?.key ?? `? ${table ?? ''}.${name.toLowerCase()}`;
  }

  #alias(name: string): Valued | undefined {
    return this.aliases.get(name) ?? this.findAlias?.(name);
  }

  #column(table: string | undefined, name: string): Resolved | undefined {
    for (const [index, relation] of this.relations.entries()) {
      if (table !== undefined && (relation.name === undefined || !same(relation.name, table))) continue;
      const column = relation.columns.find((candidate) => same(candidate.name, name));
      if (column === undefined) continue;
      const isElement = column.isElement === true && relation.name !== undefined;
      const elementOf = isElement ? identifier(relation.name) : undefined;
      return { ...column, key: `${index}.${name.toLowerCase()}`, elementOf };
    }
    return undefined;
  }

  #checkGrouping(name: string, key: string): void {
    if (this.groups === undefined || this.free > 0 || this.groups.has(`column ${key}`)) return;
    throw refused(
      `the column ${JSON.stringify(name)} is neither grouped by nor in an aggregate, so any row's value would do; add it to GROUP BY, or write max(${name})`,
    );
  }

  /** ClickHouse takes a name that is both a column and an alias for the alias, SQLite for the column. */
  #checkAlias(table: string | undefined, name: string): void {
    if (table !== undefined) return;
    const item = this.items.find(({ alias }) => alias !== undefined && same(alias, name));
    if (item?.expression === undefined || item === this.current) return;
    const inner = bare(item.expression);
    if (inner.kind === 'column' && same(inner.name, name)) return;
    if (containsAggregate(inner)) return;
    throw refused(
      `${JSON.stringify(name)} is a column and the alias of something else; give the alias another name, or put the table's name before the column`,
    );
  }
}

/** Functions of many rows. `min` and `max` are among them with one argument. */
export const AGGREGATES = new Set(
  (
    'count sum total avg min max group_concat string_agg median percentile percentile_cont percentile_disc ' +
    'json_group_array json_group_object jsonb_group_array jsonb_group_object'
  ).split(' '),
);

export function isAggregate(expression: Expression): boolean {
  if (expression.kind !== 'call' || expression.over !== undefined) return false;
  const name = expression.name.toLowerCase();
  if (!AGGREGATES.has(name)) return false;
  return (name !== 'min' && name !== 'max') || expression.args.length === 1;
}

/** Whether an aggregate is called, other than in a subquery. */
export function containsAggregate(expression: Expression): boolean {
  return isAggregate(expression) || childrenOf(expression).some(containsAggregate);
}

/** The expressions right inside of one, without those of subqueries. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'column':
    case 'query':
      return [];
    case 'binary':
      return [expression.left, expression.right];
    case 'pattern':
      return [expression.operand, expression.pattern];
    case 'unary':
    case 'cast':
    case 'collate':
      return [expression.operand];
    case 'between':
      return [expression.operand, expression.low, expression.high];
    case 'brackets':
      return expression.items;
    case 'in':
      return [expression.operand, ...(expression.list ?? [])];
    case 'case':
      return [
        ...expression.branches.flatMap(({ when, then }) => [when, then]),
        ...[expression.operand, expression.otherwise].filter((part) => part !== undefined),
      ];
    case 'call':
      return callChildren(expression);
  }
}

function callChildren({ args, filter, over }: Extract<Expression, { kind: 'call' }>): readonly Expression[] {
  const window = typeof over === 'object' ? [...over.partitionBy, ...over.orderBy.map((term) => term.expression)] : [];
  return [...args, ...(filter === undefined ? [] : [filter]), ...window];
}
