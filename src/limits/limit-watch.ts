/** What callers share and what has a deadline, by the names of the metric's label and the log. */
export const LIMIT_NAMES = [
  'held_bytes',
  'inflations',
  'queries',
  'reads',
  'anonymous_sockets',
  'data_rate',
  'unread_answer',
  'waiting_bodies',
  'queue',
  'topics',
  'followers',
  'subscriptions',
] as const;

export type LimitName = (typeof LIMIT_NAMES)[number];

/** Told each time a limit strikes; `who` is the holder or the address that it strikes. */
export type OnStrike = (limit: LimitName, who: string) => void;

/** How long a limit has to be quiet before it is logged again when it strikes, in milliseconds. */
const QUIET = 60_000;

export interface LimitWatchOptions {
  /** Counts a strike. */
  readonly count: (limit: LimitName) => void;
  /** Logs the first strike of a series. */
  readonly warn: (limit: LimitName, who: string) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Counts every strike of a limit and logs the first of a series: a flood must not flood the log. */
export class LimitWatch {
  readonly #lastStrikes = new Map<LimitName, number>();
  readonly #options: LimitWatchOptions;

  constructor(options: LimitWatchOptions) {
    this.#options = options;
  }

  readonly strike: OnStrike = (limit, who) => {
    const { count, warn, now } = this.#options;
    const time = now();
    const last = this.#lastStrikes.get(limit);
    this.#lastStrikes.set(limit, time);
    count(limit);
    if (last === undefined || time - last >= QUIET) warn(limit, who);
  };
}
