import { useState } from 'preact/hooks';
import type { ChartColumns, ChartSeries } from '../chart/chart-data';
import type { WallClock } from '../exact/wall-clock';
import { Table, type Column } from './table';

/** Rows that are drawn; a chart has a place a pixel. */
const MAX_ROWS = 500;

interface Props {
  readonly label: string;
  readonly columns: ChartColumns;
  readonly series: readonly ChartSeries[];
  readonly clock: WallClock;
}

/** The numbers of a chart for those who do not see it. */
export function ChartTable({ label, columns, series, clock }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const { starts, values } = columns;
  const shown = starts
    .map((_, index) => index)
    .filter((index) => values.some((column) => column[index] !== 0 && column[index] !== null))
    .slice(-MAX_ROWS);
  const named: readonly Column<number>[] = [
    { title: 'Time', cell: (index) => <time>{clock.dateTime(starts[index]!, 3)}</time> },
    ...series.map(({ name }, number) => ({
      title: name,
      isNumber: true,
      cell: (index: number) => String(values[number]?.[index] ?? ''),
    })),
  ];
  return (
    <details
      class="chart-table"
      onToggle={(event) => {
        setIsOpen(event.currentTarget.open);
      }}
    >
      <summary>As a table</summary>
      {isOpen && <Table label={label} columns={named} rows={shown} keyOf={String} />}
    </details>
  );
}
