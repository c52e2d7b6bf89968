/** Nanoseconds since 1970 that grow with each call, also within a millisecond and when the clock is set back. */
export class NanosecondClock {
  #last = 0n;

  now(): bigint {
    const time = BigInt(Date.now()) * 1_000_000n;
    this.#last = time > this.#last ? time : this.#last + 1n;
    return this.#last;
  }
}

/** Nanoseconds since 1970 as ISO 8601 with nine digits of a second. */
export function isoTime(nanoseconds: bigint): string {
  const below = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = new Date(Number((nanoseconds - below) / 1_000_000n)).toISOString().slice(0, -4);
  return `${seconds}${String(below).padStart(9, '0')}Z`;
}
