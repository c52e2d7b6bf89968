import type { ValueType } from '../../../sql/result-column';
import { WriterHubError } from '../../../../errors';
import { Edits } from './edits';
import { kindOf, resultType, UNKNOWN } from './kinds';
import type { Query } from './nodes';
import { joinTableNames } from './parameter-tables';
import { QueryAnalyser, type StoredRelation } from './query-analyser';
import { parseQuery } from './query-parser';
import type { RelationColumn, TimeExtent } from './scope';
import { splitRowValues } from './row-values';
import { UnreadableQuery } from './token-stream';

/** A table as queries see it, with the types of its columns. */
export interface TypedTable {
  readonly columns: readonly string[];
  readonly types: readonly (ValueType | undefined)[];
  /** Columns that only a translated query may name: the times between which `timestamp` lies. */
  readonly extent?: TimeExtent;
}

/** A query that SQLite reads as ClickHouse would. */
export interface Translation {
  readonly sql: string;
  /** The types of the result's columns, of those that have one that their values do not tell. */
  readonly types: readonly (ValueType | undefined)[];
}

/** A query that is read. */
export interface ReadQuery {
  /** Its text, in which the parameter data of a topic have one name, and rows are compared by their parts. */
  readonly sql: string;
  /** Or why it could not be read: SQLite says so better, where it cannot read it either. */
  readonly query: Query | UnreadableQuery;
}

/** Throws `invalid_sql` for what SQLite would misread. */
export function readQuery(sql: string): ReadQuery {
  try {
    const { query, tables } = parseQuery(sql);
    const joined = joinTableNames(sql, tables);
    const read = joined === sql ? query : parseQuery(joined).query;
    const split = splitRowValues(joined, read);
    return { sql: split, query: split === joined ? read : parseQuery(split).query };
  } catch (error) {
    if (error instanceof UnreadableQuery) return { sql, query: error };
    throw error;
  }
}

/**
 * Makes of a query one that means on SQLite what it means on ClickHouse. Throws `invalid_sql`, with what to write,
 * where that cannot be done.
 */
export function translate({ sql, query }: ReadQuery, tables: ReadonlyMap<string, TypedTable>): Translation {
  if (query instanceof UnreadableQuery) throw new WriterHubError('invalid_sql', query.message);
  const edits = new Edits(sql);
  const known = new Map([...tables].map(([name, table]) => [name.toLowerCase(), toRelation(table)]));
  const columns = new QueryAnalyser(edits, known).analyse(query, undefined);
  return { sql: edits.apply(), types: columns.map(resultType) };
}

function toRelation({ columns, types, extent }: TypedTable): StoredRelation {
  return {
    columns: columns.map((name, index): RelationColumn => {
      const type = types[index];
      return { name, kind: type === undefined ? UNKNOWN : kindOf(type.type), nullable: type?.nullable ?? true };
    }),
    extent,
  };
}
