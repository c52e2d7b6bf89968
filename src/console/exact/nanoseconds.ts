/** Nanoseconds since 1970, exactly: timestamps of events have 19 digits, of which a double rounds the last three. */

const PER_MILLISECOND = 1_000_000n;
const PER_SECOND = 1_000_000_000n;

/** `int64`, what the server keeps. */
const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** What a timestamp looks like in JSON: a number, or digits that a double does not hold. */
export type TimestampLike = bigint | number | string | { toString(): string };

/** A timestamp as it came, without rounding. `undefined`: it is no integer of 64 bits. */
export function toNanoseconds(value: TimestampLike): bigint | undefined {
  const text = typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : String(value);
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const nanoseconds = BigInt(text);
  return nanoseconds >= LEAST && nanoseconds <= MOST ? nanoseconds : undefined;
}

/** Nanoseconds of milliseconds, such as `Date.now()`. */
export function fromMilliseconds(milliseconds: number): bigint {
  return BigInt(Math.trunc(milliseconds)) * PER_MILLISECOND;
}

/** Whole milliseconds before it, for `Date` and charts. */
export function toMilliseconds(nanoseconds: bigint): number {
  return Number(floorDivide(nanoseconds, PER_MILLISECOND));
}

/** How many digits of a second are shown. */
export type SecondDigits = 0 | 3 | 6 | 9;

export type Zone = 'local' | 'utc';

/** `2026-11-27 03:08:26.123456789`, 24 hours, in the browser's zone or in UTC. */
export function formatDateTime(nanoseconds: bigint, zone: Zone, digits: SecondDigits = 3): string {
  return `${formatDate(nanoseconds, zone)} ${formatTime(nanoseconds, zone, digits)}`;
}

/** A moment of the API, ISO 8601 in UTC, in the browser's zone and to the second: `2026-11-27 03:08:26`. */
export function formatMoment(iso: string): string {
  return formatDateTime(fromMilliseconds(Date.parse(iso)), 'local', 0);
}

/** `2026-11-27` */
export function formatDate(nanoseconds: bigint, zone: Zone): string {
  const { year, month, day } = partsOf(nanoseconds, zone);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** `03:08:26.123` */
export function formatTime(nanoseconds: bigint, zone: Zone, digits: SecondDigits = 3): string {
  const { hour, minute, second } = partsOf(nanoseconds, zone);
  const fraction = pad(Number(modulo(nanoseconds, PER_SECOND)), 9).slice(0, digits);
  return `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}${digits === 0 ? '' : `.${fraction}`}`;
}

/** `2026-11-27T03:08:26.123456789Z`, which the server takes as a timestamp. */
export function formatIso(nanoseconds: bigint): string {
  return `${formatDateTime(nanoseconds, 'utc', 9).replace(' ', 'T')}Z`;
}

/** How far the browser's zone is from UTC at that moment: `+02:00`. */
export function zoneOffset(nanoseconds: bigint): string {
  const minutes = -new Date(toMilliseconds(nanoseconds)).getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`;
}

export type TimeUnit = 'seconds' | 'milliseconds' | 'microseconds';

const UNITS: readonly (readonly [TimeUnit, bigint])[] = [
  ['microseconds', 1000n],
  ['milliseconds', 1_000_000n],
  ['seconds', 1_000_000_000n],
];

/** A month in nanoseconds: what is nearer to 1970 was hardly meant so. */
const JANUARY_1970 = 31n * 24n * 3600n * PER_SECOND;

/** 1990 and 2100 in nanoseconds: what events are about, mostly. */
const PLAUSIBLE_FROM = 631_152_000n * PER_SECOND;
const PLAUSIBLE_TO = 4_102_444_800n * PER_SECOND;

/**
 * The unit that a timestamp was evidently meant in, where it is not nanoseconds: it lies in January 1970, and as a
 * number of that unit between 1990 and 2100.
 */
export function looksLike(nanoseconds: bigint): TimeUnit | undefined {
  if (nanoseconds <= 0n || nanoseconds >= JANUARY_1970) return undefined;
  return UNITS.find(([, factor]) => {
    const meant = nanoseconds * factor;
    return meant >= PLAUSIBLE_FROM && meant < PLAUSIBLE_TO;
  })?.[0];
}

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

function partsOf(nanoseconds: bigint, zone: Zone): Parts {
  const date = new Date(toMilliseconds(nanoseconds));
  if (zone === 'local') {
    return {
      ...{ year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() },
      ...{ hour: date.getHours(), minute: date.getMinutes(), second: date.getSeconds() },
    };
  }
  return {
    ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
    ...{ hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() },
  };
}

function modulo(value: bigint, divisor: bigint): bigint {
  return ((value % divisor) + divisor) % divisor;
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  return (value - modulo(value, divisor)) / divisor;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
