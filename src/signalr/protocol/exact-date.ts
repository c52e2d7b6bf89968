const NANOSECONDS_PER_MILLISECOND = 1_000_000;
const LONG_PER_MILLISECOND = 1_000_000n;

/**
 * A date that keeps what is below its millisecond, as .NET's `DateTime` does to 100 nanoseconds. It is sent with all of
 * it, in both encodings; `JSON.stringify` writes all of it too.
 */
export class ExactDate extends Date {
  readonly #below: number;

  /** @throws RangeError when it is out of the range of a `Date`. */
  constructor(epochNanoseconds: bigint) {
    // Of a time before the epoch too, the rest is counted upwards.
    const rest = ((epochNanoseconds % LONG_PER_MILLISECOND) + LONG_PER_MILLISECOND) % LONG_PER_MILLISECOND;
    super(Number((epochNanoseconds - rest) / LONG_PER_MILLISECOND));
    if (Number.isNaN(this.getTime())) throw new RangeError('ExactDate: out of the range of a date');
    this.#below = Number(rest);
  }

  /** The nanoseconds below its millisecond, from 0 to 999,999. */
  get nanoseconds(): number {
    return this.#below;
  }

  /** Nanoseconds since the Unix epoch. */
  get epochNanoseconds(): bigint {
    return BigInt(this.getTime()) * LONG_PER_MILLISECOND + BigInt(this.#below);
  }

  override toISOString(): string {
    return isoText(new Date(this.getTime()), this.#below);
  }

  override toJSON(): string {
    return this.toISOString();
  }
}

/** A date and so many nanoseconds: an `ExactDate` if there are any. */
export function dateWith(date: Date, nanoseconds: number): Date {
  if (nanoseconds === 0) return date;
  return new ExactDate(BigInt(date.getTime()) * LONG_PER_MILLISECOND + BigInt(nanoseconds));
}

/** What a date has below its millisecond. */
export function nanosecondsOf(date: Date): number {
  return date instanceof ExactDate ? date.nanoseconds : 0;
}

/** ISO 8601: with milliseconds as `Date` writes them, or with nanoseconds if there are any. */
export function isoText(date: Date, nanoseconds: number): string {
  const text = date.toISOString();
  if (nanoseconds === 0) return text;
  return `${text.slice(0, -1)}${String(nanoseconds).padStart(6, '0')}Z`;
}

const ISO_DATE = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,16}))?)?(Z|[+-]\d\d:\d\d)?)?$/;

/** The most that an offset from UTC is, in minutes, as .NET has it. */
const GREATEST_OFFSET = 14 * 60;

/**
 * Reads ISO 8601 as .NET reads a `DateTime`: a day, a time if there is one, and an offset if there is one, else UTC, so
 * that the time zone of the server does not matter. Digits below a nanosecond are left out. Returns `undefined` for any
 * other text, and for a day or time that does not exist.
 */
export function parseIsoDate(text: string): Date | undefined {
  const match = ISO_DATE.exec(text);
  if (match === null) return undefined;
  const part = (group: number): number => Number(match[group] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const [hour, minute, second] = [part(4), part(5), part(6)];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  const offset = offsetOf(match[8]);
  if (!exists || hour > 23 || minute > 59 || second > 59 || offset === undefined) return undefined;
  const fraction = Number((match[7] ?? '').padEnd(9, '0').slice(0, 9));
  date.setUTCHours(hour, minute - offset, second, Math.floor(fraction / NANOSECONDS_PER_MILLISECOND));
  return dateWith(date, fraction % NANOSECONDS_PER_MILLISECOND);
}

/** Minutes east of UTC, `undefined` when there is no such offset. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(4));
  const offset = Number(zone.slice(1, 3)) * 60 + minutes;
  if (minutes > 59 || offset > GREATEST_OFFSET) return undefined;
  return zone.startsWith('-') ? -offset : offset;
}
