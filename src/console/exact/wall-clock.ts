const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** How many digits of a second are shown. */
export type FractionDigits = 0 | 3 | 6 | 9;

/** What a clock on a wall shows at an instant. */
export interface WallTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** 0 to 999,999,999. */
  readonly nanosecond: number;
}

/** `dividend / divisor`, rounded towards minus infinity, as times before 1970 need it. */
export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return quotient * divisor > dividend ? quotient - 1n : quotient;
}

/**
 * Shows instants, in nanoseconds since 1970, as any zone has them: 24 hours, and as many digits as are asked for, of
 * which the last is cut and never rounded. The offset is that of the instant itself, so it is right across a change to
 * summer time. For axes, which need the zone's round times; `nanoseconds.ts` is faster for the browser's own zone.
 */
export class WallClock {
  /** An IANA name, such as `Europe/Paris`, or `UTC`. */
  readonly zone: string;
  readonly #fields: Intl.DateTimeFormat;

  /** Throws a `RangeError` for a zone that is not known. */
  constructor(zone: string) {
    this.zone = zone;
    this.#fields = new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  at(nanoseconds: bigint): WallTime {
    const milliseconds = Number(floorDivide(nanoseconds, NANOSECONDS_PER_MILLISECOND));
    const parts = new Map(this.#fields.formatToParts(milliseconds).map(({ type, value }) => [type, Number(value)]));
    const field = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return {
      year: field('year'),
      month: field('month'),
      day: field('day'),
      hour: field('hour'),
      minute: field('minute'),
      second: field('second'),
      nanosecond: Number(nanoseconds - floorDivide(nanoseconds, NANOSECONDS_PER_SECOND) * NANOSECONDS_PER_SECOND),
    };
  }

  /** How far the zone is ahead of UTC at an instant, in seconds. */
  offset(nanoseconds: bigint): number {
    const { year, month, day, hour, minute, second } = this.at(nanoseconds);
    const seconds = Number(floorDivide(nanoseconds, NANOSECONDS_PER_SECOND));
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - seconds;
  }

  /**
   * When the clock shows this. Of a time that it shows twice it is the first, and of one that it leaves out the instant
   * that is as far behind the change.
   */
  instant({
    year,
    month,
    day,
    hour = 0,
  }: Pick<WallTime, 'year' | 'month' | 'day'> & { readonly hour?: number }): bigint {
    const asUtc = BigInt(Date.UTC(year, month - 1, day, hour)) * NANOSECONDS_PER_MILLISECOND;
    const day1 = 86_400n * NANOSECONDS_PER_SECOND;
    const before = BigInt(this.offset(asUtc - day1)) * NANOSECONDS_PER_SECOND;
    const after = BigInt(this.offset(asUtc + day1)) * NANOSECONDS_PER_SECOND;
    const first = asUtc - before;
    if (BigInt(this.offset(first)) * NANOSECONDS_PER_SECOND === before) return first;
    const second = asUtc - after;
    return BigInt(this.offset(second)) * NANOSECONDS_PER_SECOND === after ? second : first;
  }

  /** `2026-03-29`. */
  date(nanoseconds: bigint): string {
    const { year, month, day } = this.at(nanoseconds);
    return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
  }

  /** `03:30:00.123`. */
  time(nanoseconds: bigint, digits: FractionDigits): string {
    const { hour, minute, second, nanosecond } = this.at(nanoseconds);
    const fraction = digits === 0 ? '' : `.${padded(nanosecond, 9).slice(0, digits)}`;
    return `${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}${fraction}`;
  }

  /** `2026-03-29 03:30:00.123`. */
  dateTime(nanoseconds: bigint, digits: FractionDigits): string {
    return `${this.date(nanoseconds)} ${this.time(nanoseconds, digits)}`;
  }

  /** `+02:00`, with seconds where a zone once had them. */
  offsetText(nanoseconds: bigint): string {
    const offset = this.offset(nanoseconds);
    const seconds = Math.abs(offset);
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const shown = parts.slice(0, parts[2] === 0 ? 2 : 3).map((part) => padded(part, 2));
    return `${offset < 0 ? '-' : '+'}${shown.join(':')}`;
  }
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
