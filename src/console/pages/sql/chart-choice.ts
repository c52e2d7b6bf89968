import type { ChartColumns } from '../../chart/chart-data';
import type { Cell } from '../../exact/cells';
import type { ResultColumn } from './result-reader';

/** A result as far as a chart needs it. */
export interface ChartedResult {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a chart shows: numbers over time, or a bar for each row. */
export interface ChartChoice {
  readonly kind: 'time' | 'bars';
  /** The column of times, or of what the bars are called; -1: the rows are numbered. */
  readonly x: number;
  /** The columns of numbers. */
  readonly ys: readonly number[];
}

/** More lines than there are colours cannot be told apart. */
const MOST_SERIES = 6;

const NUMBER_TYPE = /^(?:Nullable\()?(?:U?Int|Float|Decimal)/;
const TIME_TYPE = /^(?:Nullable\()?Date/;
const TIME_TEXT = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?$/;

/** 1990 and 2100 in nanoseconds: an integer between is a time, and no count. */
const PLAUSIBLE_FROM = 631_152_000_000_000_000n;
const PLAUSIBLE_TO = 4_102_444_800_000_000_000n;

/** What can be shown of a result; `undefined`: it has no numbers. */
export function chartChoice({ columns, rows }: ChartedResult): ChartChoice | undefined {
  const times = columns.findIndex(({ type }, index) => isTime(type, rows, index));
  const ys = columns.flatMap(({ type }, index) => (index !== times && NUMBER_TYPE.test(type) ? [index] : []));
  if (ys.length === 0) return undefined;
  if (times >= 0) return { kind: 'time', x: times, ys: ys.slice(0, MOST_SERIES) };
  const named = columns.findIndex((_, index) => !ys.includes(index));
  // `SELECT hour, count(*)`: what comes first names the rows.
  if (named < 0 && ys.length > 1) return { kind: 'bars', x: ys[0]!, ys: ys.slice(1, 2) };
  return { kind: 'bars', x: named, ys: ys.slice(0, 1) };
}

function isTime(type: string, rows: ChartedResult['rows'], index: number): boolean {
  const values = rows.map((row) => row[index]!).filter(({ kind }) => kind !== 'null');
  if (values.length === 0) return false;
  const isText = TIME_TYPE.test(type) || type.includes('String');
  const isNumber = type.includes('Int64');
  return (isText || isNumber) && values.every((cell) => timeOf(cell) !== undefined);
}

/** Nanoseconds since the Unix epoch; `undefined`: it is no time. Texts without a zone are UTC, as in the store. */
export function timeOf(cell: Cell): bigint | undefined {
  if (cell.kind === 'number' && /^\d{1,19}$/.test(cell.text)) {
    const nanoseconds = BigInt(cell.text);
    return nanoseconds >= PLAUSIBLE_FROM && nanoseconds < PLAUSIBLE_TO ? nanoseconds : undefined;
  }
  if (cell.kind !== 'text') return undefined;
  const [, day, time = '00:00', fraction = '', zone = 'Z'] = TIME_TEXT.exec(cell.text) ?? [];
  const milliseconds = day === undefined ? NaN : Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Numbers over time as a chart takes them, and their digits: in order of time, `null` where there is none. */
export function timeColumns({ rows }: ChartedResult, { x, ys }: ChartChoice): Required<ChartColumns> {
  const timed = rows.flatMap((row) => {
    const at = timeOf(row[x]!);
    return at === undefined ? [] : [{ at, row }];
  });
  timed.sort((a, b) => Number(a.at - b.at));
  return {
    starts: timed.map(({ at }) => at),
    values: ys.map((y) => timed.map(({ row }) => numberOf(row[y]!))),
    texts: ys.map((y) => timed.map(({ row }) => textOf(row[y]!))),
  };
}

/** A bar for each row, with what it is called and its value, to the digit. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly text: string;
}

export function barsOf({ rows }: ChartedResult, { x, ys }: ChartChoice): readonly Bar[] {
  return rows.flatMap((row, index) => {
    const [cell, named] = [row[ys[0]!]!, row[x]];
    const value = numberOf(cell);
    if (value === null || cell.kind === 'null') return [];
    const name = named === undefined ? String(index + 1) : named.kind === 'null' ? 'NULL' : named.text;
    return [{ name, value, text: cell.text }];
  });
}

function textOf(cell: Cell): string | null {
  return cell.kind === 'null' ? null : cell.text;
}

/** As exactly as a double can: for drawing alone. */
function numberOf(cell: Cell): number | null {
  if (cell.kind === 'null') return null;
  const number = Number(cell.text);
  return Number.isFinite(number) ? number : null;
}
