/** Nanoseconds since 1970 that grow with each call, also within a millisecond and when the clock is set back. */
export class NanosecondClock {
  #last = 0n;

  now(): bigint {
    const time = BigInt(Date.now()) * 1_000_000n;
    this.#last = time > this.#last ? time : this.#last + 1n;
    return this.#last;
  }
}
