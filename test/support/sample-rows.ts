import {
  VALUE_KINDS,
  type SampleColumn,
  type SampleColumns,
  type ValueKind,
} from '../../src/store/contract/parameter-store';

/** A row of samples: what stood at one timestamp of a package. */
export interface SampleRow {
  readonly timestamp: bigint;
  readonly values: readonly { readonly kind: ValueKind; readonly id: string; readonly text: string }[];
  readonly tags: readonly (readonly [name: string, text: string])[];
}

/** Rows as columns; ids and names without a value have none. */
export function columnsOf(rows: readonly SampleRow[]): SampleColumns {
  const idsOf = (kind: ValueKind): string[] =>
    rows.flatMap(({ values }) => values.filter((value) => value.kind === kind).map(({ id }) => id));
  const columnOf = (kind: ValueKind, id: string): SampleColumn =>
    rows.map(({ values }) => values.find((value) => value.kind === kind && value.id === id)?.text ?? null);
  const ofKind = (kind: ValueKind): ReadonlyMap<string, SampleColumn> =>
    new Map(idsOf(kind).map((id) => [id, columnOf(kind, id)]));
  const names = rows.flatMap(({ tags }) => tags.map(([name]) => name));
  return {
    timestamps: rows.map(({ timestamp }) => timestamp),
    values: { numeric: ofKind('numeric'), string: ofKind('string'), binary: ofKind('binary') },
    tags: new Map(names.map((name) => [name, rows.map(({ tags }) => new Map(tags).get(name) ?? null)])),
  };
}

/** The rows of columns; values by kind and id, tags by name. */
export function rowsOf({ timestamps, values, tags }: SampleColumns): SampleRow[] {
  return timestamps.map((timestamp, index) => ({
    timestamp,
    values: VALUE_KINDS.flatMap((kind) =>
      inOrder(values[kind]).flatMap(([id, column]) => {
        const text = column[index] ?? null;
        return text === null ? [] : [{ kind, id, text }];
      }),
    ),
    tags: inOrder(tags).flatMap(([name, column]) => {
      const text = column[index] ?? null;
      return text === null ? [] : [[name, text] as const];
    }),
  }));
}

function inOrder(columns: ReadonlyMap<string, SampleColumn>): [string, SampleColumn][] {
  return [...columns].sort(([a], [b]) => (a < b ? -1 : 1));
}
