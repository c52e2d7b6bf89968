import type { TimeRange } from './interval';

/** A line, or a layer of bars. */
export interface ChartSeries {
  readonly name: string;
  /** Which of the colours of the style sheet it has, from 1. */
  readonly colour: number;
  /** Drawn thin: the edge of a band. */
  readonly isFaint?: boolean;
  /** What lies between it and the series behind it is filled. */
  readonly isBand?: boolean;
}

/** Times, and for each series a number or null, where there is none. */
export interface ChartColumns {
  readonly starts: readonly bigint[];
  readonly values: readonly (readonly (number | null)[])[];
  /** The digits of values, where a double may round them: for what is read, not for what is drawn. */
  readonly texts?: readonly (readonly (string | null)[])[];
}

/** Columns as uPlot takes them: milliseconds from the start of a range on, which doubles hold to the nanosecond. */
export function chartData({ starts, values }: ChartColumns, { from }: TimeRange): (number | null)[][] {
  return [starts.map((start) => Number(start - from) / 1e6), ...values.map((column) => [...column])];
}

/** Where numbers are that have none beside them. */
export function lonely(column: ArrayLike<number | null | undefined>): number[] {
  const isThere = (index: number): boolean => (column[index] ?? null) !== null;
  return Array.from(column, (_, index) => index).filter(
    (index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1),
  );
}

/** Columns on top of each other: each is the sum of itself and of those before it. */
export function stacked(values: ChartColumns['values']): (number | null)[][] {
  const sums: (number | null)[][] = [];
  for (const column of values) {
    const below = sums.at(-1);
    sums.push(column.map((value, index) => (value ?? 0) + (below?.[index] ?? 0)));
  }
  return sums;
}
