import type { Clock } from '../clock';
import type { Logger } from '../logger';
import type { LimitName, LimitStrike } from '../options';

/** For how many milliseconds a limit that has struck somebody is not logged as a warning again. */
const QUIET_TIME = 60_000;

/** What the log advises where a limit strikes somebody for what the application does. */
const HINTS: Partial<Record<LimitName, string>> = {
  maximumSendBufferSize: 'a method that sends much to a client awaits each send, which waits for room',
};

/** How many strikes are remembered, so that names do not fill the memory. */
const MOST_REMEMBERED = 1000;

/** What a watch needs to know of its server. */
export interface WatchOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly onLimit: (strike: LimitStrike) => void;
}

/** Tells the operator when a limit strikes: the application each time, the log once a minute for each holder. */
export class LimitWatch {
  /** When a limit has struck a holder, by both. */
  readonly #warned = new Map<string, number>();
  readonly #options: WatchOptions;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** A limit strikes somebody. */
  strike(limit: LimitName, whom: Omit<LimitStrike, 'limit'>): void {
    const { logger, onLimit } = this.#options;
    const strike = { limit, ...whom };
    const hint = HINTS[limit];
    const fields = hint === undefined ? strike : { ...strike, hint };
    if (this.#isNews(`${limit} ${whom.holder ?? whom.remoteAddress ?? ''}`)) logger.warn(fields, 'limit reached');
    else logger.debug(fields, 'limit reached');
    try {
      onLimit(strike);
    } catch (error) {
      logger.error({ err: error }, 'onLimit failed');
    }
  }

  #isNews(key: string): boolean {
    const now = this.#options.clock.now();
    const last = this.#warned.get(key);
    if (last !== undefined && now - last < QUIET_TIME) return false;
    if (this.#warned.size >= MOST_REMEMBERED) this.#warned.clear();
    this.#warned.set(key, now);
    return true;
  }
}
