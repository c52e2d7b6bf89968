import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useWindowedRows } from './windowed-rows';

/** Pixels of a row, as `.long-table` has it. */
const ROW = 44;

export interface LongTableColumn<Row> {
  /** Different for each; also a class of its cells. */
  readonly id: string;
  readonly title: string;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
  /** Whether the rows can be put in order by it. */
  readonly isSortable?: boolean;
}

interface Props<Row> {
  readonly label: string;
  readonly columns: readonly LongTableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** By which column the rows are in order, and whether the least comes first. */
  readonly sort?: { readonly id: string; readonly isAscending: boolean };
  readonly onSort?: (id: string) => void;
  /** Told which rows are drawn. */
  readonly onSeen?: (rows: readonly Row[]) => void;
}

/** A table of tens of thousands of rows, of which those are drawn that are seen. */
export function LongTable<Row>({ label, columns, rows, keyOf, sort, onSort, onSeen }: Props<Row>) {
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, end } = useWindowedRows(body, rows.length, ROW);
  const seen = rows.slice(first, end);
  const keys = seen.map(keyOf).join('\n');
  useEffect(() => {
    onSeen?.(seen);
  }, [keys]);
  return (
    <table class="table long-table" aria-label={label} aria-rowcount={rows.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              class={classOf(column)}
              {...(column.id === sort?.id && {
                'aria-sort': sort.isAscending ? ('ascending' as const) : ('descending' as const),
              })}
            >
              {column.isSortable === true ? (
                <button
                  type="button"
                  onClick={() => {
                    onSort?.(column.id);
                  }}
                >
                  {column.title}
                </button>
              ) : (
                column.title
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        <Space rows={first} />
        {seen.map((row, i) => (
          <tr key={keyOf(row)} aria-rowindex={first + i + 2}>
            {columns.map((column) => (
              <td key={column.id} class={classOf(column)}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
        <Space rows={rows.length - end} />
      </tbody>
    </table>
  );
}

/**
 * Takes the place of rows that are not drawn. It has one cell: a column that is hidden would get room by more of them.
 */
function Space({ rows }: { readonly rows: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden="true">
      <td class="long-table-space" style={{ height: `${rows * ROW}px` }} />
    </tr>
  );
}

function classOf<Row>({ id, isNumber }: LongTableColumn<Row>): string {
  return `column-${id}${isNumber === true ? ' number' : ''}`;
}
