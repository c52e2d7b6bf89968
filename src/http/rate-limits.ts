import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** What may come in a second; 0: no limit. */
export interface RateLimitOptions {
  readonly tokenRequests: number;
  readonly tokenBytes: number;
  readonly sourceRequests: number;
  readonly sourceBytes: number;
}

/** Where a sender stands in the second that runs. */
export interface RateStanding {
  /** What is limited, for people: `requests a second with this token`. */
  readonly noun: string;
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until all of it is free again. */
  readonly resetIn: number;
  readonly refused: boolean;
}

/** Whose requests they are, and where they go. */
export interface Sender {
  readonly token: string;
  readonly dataSource: string;
}

/** Counts requests and bytes by token and by data source, each in windows of a second. */
export class RateLimits {
  readonly #requests: Window[];
  readonly #bytes: Window[];

  private constructor(options: RateLimitOptions) {
    this.#requests = windows([
      { noun: 'requests a second with this token', limit: options.tokenRequests, keyOf: ({ token }) => token },
      { noun: 'requests a second to this data source', limit: options.sourceRequests, keyOf: sourceOf },
    ]);
    this.#bytes = windows([
      { noun: 'bytes a second with this token', limit: options.tokenBytes, keyOf: ({ token }) => token },
      { noun: 'bytes a second to this data source', limit: options.sourceBytes, keyOf: sourceOf },
    ]);
  }

  /** `undefined` when nothing is limited. */
  static from(options: RateLimitOptions): RateLimits | undefined {
    return Object.values(options).some((limit) => limit > 0) ? new RateLimits(options) : undefined;
  }

  /** Counts a request. The standing that is nearest to its limit, if requests are limited; one that refuses ends it. */
  countRequest(sender: Sender): Promise<RateStanding | undefined> {
    return count(this.#requests, sender, 1);
  }

  /** Counts the bytes of a request, likewise. */
  countBytes(sender: Sender, bytes: number): Promise<RateStanding | undefined> {
    return count(this.#bytes, sender, bytes);
  }
}

interface WindowOptions {
  readonly noun: string;
  readonly limit: number;
  readonly keyOf: (sender: Sender) => string;
}

/** One limit, kept apart for each token or data source. */
class Window {
  readonly #limiter: RateLimiterMemory;
  readonly #options: WindowOptions;

  constructor(options: WindowOptions) {
    this.#options = options;

    this.#limiter = new RateLimiterMemory({ points: options.limit, duration: 1 });
  }

  async count(sender: Sender, points: number): Promise<RateStanding> {
    const { limit, keyOf } = this.#options;
    const key = keyOf(sender);
    try {
      return this.#standing(await this.#limiter.consume(key, points), false);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      if (refusal.consumedPoints > points) return this.#standing(refusal, true);
      // More than a second allows, all at once: it passes, and nothing else does for as many seconds as it is worth.
      return this.#standing(await this.#limiter.block(key, Math.ceil(points / limit)), false);
    }
  }

  #standing({ remainingPoints, msBeforeNext }: RateLimiterRes, refused: boolean): RateStanding {
    const { noun, limit } = this.#options;
    return { noun, limit, remaining: remainingPoints, resetIn: msBeforeNext, refused };
  }
}

function windows(options: readonly WindowOptions[]): Window[] {
  return options.filter(({ limit }) => limit > 0).map((option) => new Window(option));
}

async function count(limits: readonly Window[], sender: Sender, points: number): Promise<RateStanding | undefined> {
  let nearest: RateStanding | undefined;
  for (const window of limits) {
    const standing = await window.count(sender, points);
    if (standing.refused) return standing;
    if (nearest === undefined || standing.remaining / standing.limit < nearest.remaining / nearest.limit) {
      nearest = standing;
    }
  }
  return nearest;
}

function sourceOf({ dataSource }: Sender): string {
  return dataSource;
}
