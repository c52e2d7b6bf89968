/** How fast a message that was begun has to come. */
export interface DataRateLimits {
  /** Bytes per second; 0: as slowly as it likes. */
  readonly minimumDataRate: number;
  /** Milliseconds a message may take before its rate counts. */
  readonly dataRateGracePeriod: number;
  /** A client that has sent nothing for so many milliseconds is gone: no head start is longer. */
  readonly clientTimeout: number;
}

/**
 * Measures at every heartbeat how fast an unfinished message comes. It begins with the grace period, and every byte
 * earns the time that it may take at the minimum rate: progress counts, so that a slow link is not cut off.
 */
export class DataRate {
  #credit: number;
  /** Whether a message was on its way at the last heartbeat. */
  #underWay = false;
  #now: number;
  #received = 0;
  readonly #limits: DataRateLimits;

  constructor(limits: DataRateLimits, now: number) {
    this.#limits = limits;
    this.#now = now;
    this.#credit = limits.dataRateGracePeriod;
  }

  /**
   * Called at every heartbeat; `received` is the number of bytes received so far. Returns whether a message is coming
   * in too slowly. While none is unfinished, or the server does not read, nothing is measured.
   */
  isTooSlow(now: number, received: number, unfinished: boolean): boolean {
    const { minimumDataRate, dataRateGracePeriod, clientTimeout } = this.#limits;
    const elapsed = now - this.#now;
    // A socket that replaces a lost one counts anew.
    const bytes = Math.max(0, received - this.#received);
    this.#now = now;
    this.#received = received;
    const begun = unfinished && !this.#underWay;
    this.#underWay = unfinished;
    if (!unfinished || minimumDataRate === 0) {
      this.#credit = dataRateGracePeriod;
      return false;
    }
    // How long before this heartbeat a message was begun is not known: its time counts from now on.
    const earned = this.#credit + (bytes * 1000) / minimumDataRate;
    this.#credit = Math.min(earned, Math.max(dataRateGracePeriod, clientTimeout)) - (begun ? 0 : elapsed);
    return this.#credit < 0;
  }
}
