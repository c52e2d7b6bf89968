import { type EarlyTimestamps, looksLike } from '../events/early-timestamps';

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

/** Where January 1970 ends, nanoseconds. */
const JANUARY_1970 = 31n * 24n * 3600n * 10n ** 9n;

const INTEGER = /^-?\d+$/;

/** A timestamp of a package that is out of the ordinary: its index, and the time that it means. */
export interface OddTime {
  readonly index: number;
  readonly time: bigint;
}

/** Whether a time is out of the range of int64. */
export function isBeyondInt64(time: bigint): boolean {
  return time < LEAST || time > GREATEST;
}

/** Whether a time lies in January 1970, where present-day times in other units than nanoseconds lie. */
export function isEarly(time: bigint): boolean {
  return time >= 0n && time < JANUARY_1970;
}

/** Whether there may be a time in January 1970 among some of which the least and the greatest are given. */
export function mayBeEarly(least: bigint, greatest: bigint): boolean {
  return greatest >= 0n && least < JANUARY_1970;
}

/**
 * The times of a package that are odd, in their order. `timestamps` is the JSON text of the array: integers, their
 * digits in quotes, and ISO 8601, which says by itself what it means. It makes a BigInt of each number, and is for what
 * is rare.
 */
export function* oddTimes(timestamps: string, epoch: bigint, isOdd: (time: bigint) => boolean): Generator<OddTime> {
  let index = 0;
  for (const [token] of timestamps.matchAll(/"[^"]*"|-?\d+/g)) {
    const digits = token.startsWith('"') ? (JSON.parse(token) as string) : token;
    const time = INTEGER.test(digits) ? BigInt(digits) + epoch : undefined;
    if (time !== undefined && isOdd(time)) yield { index, time };
    index++;
  }
}

/** What is told of times in January 1970. */
export function earlyOf(times: Iterable<OddTime>): EarlyTimestamps | undefined {
  let early: EarlyTimestamps | undefined;
  for (const { time } of times) {
    if (early === undefined) early = { count: 1, first: Number(time) };
    else early.count++;
  }
  return early;
}

/** Why a time in January 1970 is refused, as the end of a sentence that begins with its name. */
export function earlyFault({ time }: OddTime, epoch: bigint): string {
  const shown = epoch === 0n ? String(time) : `${String(time)} with the epoch`;
  return `is ${shown}, which ${looksLike(Number(time))}`;
}
