import { floorDivide, type FractionDigits, type WallClock } from './wall-clock';

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

/** Steps of at most an hour, in nanoseconds: a change to summer time moves clocks by a multiple of them. */
const SHORT_STEPS: readonly bigint[] = [
  ...Array.from({ length: 9 }, (_, exponent) => [1n, 2n, 5n].map((digit) => digit * 10n ** BigInt(exponent))).flat(),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((count) => count * SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((count) => count * MINUTE),
  HOUR,
];

/** Longer steps, which go by the clock on the wall: so many hours, days or months. */
const LONG_STEPS = [
  { hours: 2 },
  { hours: 3 },
  { hours: 6 },
  { hours: 12 },
  { days: 1 },
  { days: 2 },
  { days: 5 },
  { days: 10 },
  { months: 1 },
  { months: 3 },
  { months: 6 },
  ...[1, 2, 5, 10, 20, 50, 100, 200].map((years) => ({ months: 12 * years })),
] as const satisfies readonly LongStep[];

type LongStep = { readonly hours: number } | { readonly days: number } | { readonly months: number };

/** About how long a step is, in nanoseconds. */
function lengthOf(step: LongStep): bigint {
  if ('hours' in step) return BigInt(step.hours) * HOUR;
  return 'days' in step ? BigInt(step.days) * DAY : BigInt(step.months) * 30n * DAY;
}

/** A place on an axis of time, in nanoseconds since 1970, and what is written there: one or two lines. */
export interface TimeTick {
  readonly at: bigint;
  readonly label: string;
}

/**
 * Where an axis from one instant to another has its ticks, at most `most` of them, at round times of the clock's zone.
 * The first one, and each that begins another day or follows a change of the clocks, has a second line that says so.
 */
export function timeTicks(clock: WallClock, from: bigint, to: bigint, most: number): readonly TimeTick[] {
  const least = (to - from) / BigInt(Math.max(1, most)) + 1n;
  const short = SHORT_STEPS.find((step) => step >= least);
  if (short !== undefined) return labelled(clock, shortTicks(clock, from, to, short), fractionOf(short));
  const long = LONG_STEPS.find((step) => lengthOf(step) >= least) ?? LONG_STEPS[LONG_STEPS.length - 1]!;
  const ticks = longTicks(clock, from, to, long);
  if ('hours' in long) return labelled(clock, ticks, 'minutes');
  return 'days' in long
    ? ticks.map((at) => ({ at, label: dayLabel(clock, at) }))
    : monthTicks(clock, ticks, long.months);
}

function shortTicks(clock: WallClock, from: bigint, to: bigint, step: bigint): bigint[] {
  const offset = BigInt(clock.offset(from)) * SECOND;
  const ticks: bigint[] = [];
  for (let at = -floorDivide(-(from + offset), step) * step - offset; at <= to; at += step) ticks.push(at);
  return ticks;
}

function longTicks(clock: WallClock, from: bigint, to: bigint, step: LongStep): bigint[] {
  const ticks: bigint[] = [];
  let last = from - 1n;
  for (const wall of wallTimes(clock, from, step)) {
    const at = clock.instant(wall);
    if (at > to) return ticks;
    if (at > last) ticks.push((last = at));
  }
  return ticks;
}

/** Round times on the wall, without an end, from the one at or before an instant on. */
function* wallTimes(
  clock: WallClock,
  from: bigint,
  step: LongStep,
): Generator<{ year: number; month: number; day: number; hour: number }> {
  const { year, month, day } = clock.at(from);
  if ('months' in step) {
    const first = Math.floor((year * 12 + month - 1) / step.months) * step.months;
    for (let months = first; ; months += step.months) {
      yield { year: Math.floor(months / 12), month: (months % 12) + 1, day: 1, hour: 0 };
    }
  }
  if ('hours' in step) {
    for (let date = day; ; date++) {
      for (let hour = 0; hour < 24; hour += step.hours) yield { year, month, day: date, hour };
    }
  }
  // The days of each month anew: 1, 11 and 21, but never 31 and 1 side by side.
  for (let months = year * 12 + month - 1; ; months++) {
    const days = new Date(Date.UTC(Math.floor(months / 12), (months % 12) + 1, 0)).getUTCDate();
    for (let date = 1; date <= days - (step.days > 1 ? step.days / 2 : 0); date += step.days) {
      yield { year: Math.floor(months / 12), month: (months % 12) + 1, day: date, hour: 0 };
    }
  }
}

type Precision = 'minutes' | FractionDigits;

function fractionOf(step: bigint): Precision {
  if (step >= MINUTE) return 'minutes';
  if (step >= SECOND) return 0;
  if (step >= 1_000_000n) return 3;
  return step >= 1_000n ? 6 : 9;
}

function labelled(clock: WallClock, ticks: readonly bigint[], precision: Precision): TimeTick[] {
  let before: { readonly date: string; readonly offset: number } | undefined;
  return ticks.map((at) => {
    const time = precision === 'minutes' ? clock.time(at, 0).slice(0, 5) : clock.time(at, precision);
    const now = { date: clock.date(at), offset: clock.offset(at) };
    const second = secondLine(clock, at, before, now);
    before = now;
    return { at, label: second === undefined ? time : `${time}\n${second}` };
  });
}

type Day = { readonly date: string; readonly offset: number };

function secondLine(clock: WallClock, at: bigint, before: Day | undefined, now: Day): string | undefined {
  if (before !== undefined && before.offset !== now.offset) return `UTC${clock.offsetText(at)}`;
  return before?.date === now.date ? undefined : now.date;
}

function dayLabel(clock: WallClock, at: bigint): string {
  return clock.date(at);
}

function monthTicks(clock: WallClock, ticks: readonly bigint[], months: number): TimeTick[] {
  return ticks.map((at) => ({ at, label: clock.date(at).slice(0, months % 12 === 0 ? 4 : 7) }));
}
