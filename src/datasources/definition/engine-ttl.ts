import { excerpt } from '../../json/excerpt';
import type { Column } from '../schema/schema';
import { schemaError } from '../schema/schema-error';

const DAY = 86_400;

/** Seconds of a unit. A month and a year have as many days as the longest, so that nothing goes too early. */
const UNITS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: DAY,
  week: 7 * DAY,
  month: 31 * DAY,
  quarter: 92 * DAY,
  year: 366 * DAY,
};

/** A hundred years: the longest retention there is. */
const LONGEST = 36_500 * DAY;

const UNIT = '(second|minute|hour|day|week|month|quarter|year)s?';

/** What is added to a time: `toIntervalDay(90)`, `INTERVAL 3 MONTH`, `INTERVAL '1 year'`. */
const INTERVAL = new RegExp(
  `\\+\\s*(?:toInterval${UNIT}\\s*\\(\\s*(\\d{1,9})\\s*\\)|interval\\s+'?(\\d{1,9})'?\\s+${UNIT}\\b'?)\\s*$`,
  'i',
);

/** `addDays(toDate(time), 90)`. */
const ADDED = new RegExp(`^add${UNIT}\\s*\\((.*),\\s*(\\d{1,9})\\s*\\)$`, 'is');

/** Clauses behind the time, and why they cannot be honoured. */
const CLAUSES: readonly (readonly [RegExp, string])[] = [
  [/\bwhere\b/i, 'all rows are kept as long as each other, whatever they hold'],
  [/\bgroup\s+by\b/i, 'old rows are removed, not added up'],
  [/\b(to\s+(disk|volume)|recompress)\b/i, 'old rows are removed, not moved'],
];

/**
 * For how many milliseconds `ENGINE_TTL` keeps rows: the interval that it adds to a time. Throws `invalid_schema` for
 * an expression that means something else.
 */
export function parseEngineTtl(text: string, columns: readonly Column[]): number {
  const clause = CLAUSES.find(([pattern]) => pattern.test(text));
  if (clause !== undefined) throw refused(text, clause[1]);
  const { time, seconds } = takeIntervals(text.replace(/\s+delete\s*$/i, '').trim());
  if (seconds === 0) throw refused(text, 'write how long rows are kept, as in "toDateTime(time) + toIntervalDay(90)"');
  const words: readonly string[] = time.match(/\w+/g) ?? [];
  if (!columns.some(({ name }) => words.includes(name))) throw refused(text, 'it names no column of the schema');
  if (seconds > LONGEST) throw refused(text, 'the longest is a hundred years');
  return seconds * 1000;
}

/** Splits an expression into a time and the seconds that are added to it, one interval or several. */
function takeIntervals(expression: string): { readonly time: string; readonly seconds: number } {
  const added = ADDED.exec(expression);
  if (added !== null) return { time: added[2]!, seconds: secondsOf(added[3]!, added[1]!) };
  let time = expression;
  let seconds = 0;
  for (let match = INTERVAL.exec(time); match !== null; match = INTERVAL.exec(time)) {
    seconds += secondsOf((match[2] ?? match[3])!, (match[1] ?? match[4])!);
    time = time.slice(0, match.index).trim();
  }
  return { time, seconds };
}

function secondsOf(count: string, unit: string): number {
  const name = unit.toLowerCase();
  // Twelve months are a year.
  const years = name === 'month' ? Math.floor(Number(count) / 12) : 0;
  return years * UNITS['year']! + (Number(count) - 12 * years) * UNITS[name]!;
}

function refused(text: string, why: string): Error {
  return schemaError(`ENGINE_TTL ${excerpt(text)} cannot be honoured: ${why}`);
}
