import type { Core, Expression, Join, OrderTerm, Query, Source, WindowDefinition } from './nodes';
import { childrenOf } from './scope';

/** The queries right inside of an expression. */
export function queriesOf(expression: Expression): readonly Query[] {
  if (expression.kind === 'query') return [expression.query];
  return expression.kind === 'in' && expression.query !== undefined ? [expression.query] : [];
}

/** The queries right inside of a query: those of `WITH` and of `FROM`. */
export function innerQueries(query: Query): readonly Query[] {
  return [
    ...query.tables.map((table) => table.query),
    ...query.cores
      .flatMap(({ from }) => sourcesOf(from))
      .flatMap((source) => (source.kind === 'subquery' ? [source.query] : [])),
  ];
}

/** The expressions of a query that are no columns of its result. */
export function clausesOf(query: Query): readonly Expression[] {
  return [...query.cores.flatMap(clausesOfCore), ...termsOf(query.orderBy), ...query.limits];
}

/** The expressions right inside of one, all of them, without those of subqueries. */
export function partsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === 'call') {
    const { over, orderBy } = expression;
    const bounds = typeof over === 'object' ? over.bounds : [];
    return [...childrenOf(expression), ...termsOf(orderBy), ...bounds];
  }
  const escape = expression.kind === 'pattern' ? expression.escape : undefined;
  return escape === undefined ? childrenOf(expression) : [...childrenOf(expression), escape];
}

function clausesOfCore({ rows = [], from, where, groupBy, having, windows }: Core): readonly Expression[] {
  return [
    ...rows.flat(),
    ...conditionsOf(from),
    ...sourcesOf(from).flatMap((source) => (source.kind === 'table' ? (source.args ?? []) : [])),
    ...[where, having].filter((clause) => clause !== undefined),
    ...groupBy,
    ...windows.flatMap(({ window }) => windowParts(window)),
  ];
}

function windowParts({ partitionBy, orderBy, bounds }: WindowDefinition): readonly Expression[] {
  return [...partitionBy, ...termsOf(orderBy), ...bounds];
}

/** The sources of a join, with those in brackets. */
function sourcesOf(joins: readonly Join[]): readonly Source[] {
  return joins.flatMap(({ source }) => (source.kind === 'group' ? sourcesOf(source.joins) : [source]));
}

function conditionsOf(joins: readonly Join[]): readonly Expression[] {
  return joins.flatMap(({ on, source }) => [
    ...(on === undefined ? [] : [on]),
    ...(source.kind === 'group' ? conditionsOf(source.joins) : []),
  ]);
}

function termsOf(terms: readonly OrderTerm[]): readonly Expression[] {
  return terms.map(({ expression }) => expression);
}
