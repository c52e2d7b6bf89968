import type { ColumnDefinition } from 'better-sqlite3';
import type { Row } from './data-connection';
import { distinctNames } from './distinct-names';
import type { ReadableSource, ValueType } from './readable-source';

/** Kinds of values a column was seen to hold, as bits. */
const INTEGER = 1;
const REAL = 2;
const TEXT = 4;
const NULL = 8;

/** A column of a result. */
export class ResultColumn {
  private seen = 0;

  /** `stored` is the type of the stored column that its values come from; an expression has none. */
  constructor(
    readonly name: string,
    readonly stored: ValueType | undefined,
  ) {}

  /** Takes note of a value, for the type of an expression. */
  note(value: Row[number]): void {
    if (value === null) this.seen |= NULL;
    else if (typeof value === 'bigint') this.seen |= INTEGER;
    else if (typeof value === 'number') this.seen |= REAL;
    else this.seen |= TEXT;
  }

  /** Known when all rows are: an expression has the type that holds all its values. */
  get type(): string {
    const nulls = (this.seen & NULL) !== 0;
    if (this.stored !== undefined) {
      const { type, nullable } = this.stored;
      return nulls && !nullable ? `Nullable(${type})` : type;
    }
    const type = (this.seen & TEXT) !== 0 ? 'String' : (this.seen & REAL) !== 0 ? 'Float64' : 'Int64';
    const base = (this.seen & ~NULL) === 0 ? 'String' : type;
    return nulls ? `Nullable(${base})` : base;
  }
}

/** The columns of a result: SQLite tells of each which stored column it is, if it is one, through views and subqueries. */
export function resultColumns(definitions: ColumnDefinition[], sources: Iterable<ReadableSource>): ResultColumn[] {
  const types = new Map<string, ReadonlyMap<string, ValueType>>();
  for (const { tables } of sources) for (const { name, types: columns } of tables) types.set(name, columns);
  // Two columns of a name would be one in a JSON object: a join of tables that both have it is written often.
  const names = distinctNames(
    definitions.map(({ name }) => name),
    (name) => name,
  );
  return definitions.map(({ table, column }, index) => {
    const stored = table === null || column === null ? undefined : types.get(table)?.get(column);
    return new ResultColumn(names[index]!, stored);
  });
}
