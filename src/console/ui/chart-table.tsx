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
  /** Of bars, those of nothing are left out. */
  readonly kind: 'bars' | 'lines';
}

/** The numbers of a chart for those who do not see it. */
export function ChartTable({ label, columns, series, clock, kind }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const { starts, values, texts } = columns;
  const textOf = (number: number, index: number): string =>
    texts?.[number]?.[index] ?? String(values[number]?.[index] ?? '');
  const isShown = (number: number, index: number): boolean =>
    textOf(number, index) !== '' && (kind === 'lines' || values[number]?.[index] !== 0);
  const shown = starts
    .map((_, index) => index)
    .filter((index) => values.some((_, number) => isShown(number, index)))
    .slice(-MAX_ROWS);
  // Milliseconds, or all digits where they tell more.
  const digits = starts.every((start) => start % 1_000_000n === 0n) ? 3 : 9;
  const named: readonly Column<number>[] = [
    { title: 'Time', cell: (index) => <time>{clock.dateTime(starts[index]!, digits)}</time> },
    ...series.map(({ name }, number) => ({
      title: name,
      isNumber: true,
      cell: (index: number) => textOf(number, index),
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
