import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** What is accepted a second; 0: no limit. */
export interface RateLimitOptions {
  readonly tokenRequests: number;
  readonly tokenBytes: number;
  readonly sourceRequests: number;
  readonly sourceBytes: number;
}

/** How much of a limit a sender has used in the current second. */
export interface RateStatus {
  /** What is limited, for messages: `requests a second with this token`. */
  readonly label: string;
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly resetIn: number;
  readonly refused: boolean;
}

/** What requests are counted by. */
export interface Sender {
  readonly token: string;
  readonly dataSource: string;
}

/** Counts requests and bytes by token and by data source, in windows of a second. */
export class RateLimits {
  #requests: Window[] = [];
  #bytes: Window[] = [];

  constructor(options: RateLimitOptions) {
    this.replace(options);
  }

  /** Whether anything is limited. */
  get isLimited(): boolean {
    return this.#requests.length + this.#bytes.length > 0;
  }

  /** Other limits hold from now on; what was counted until now counts no more. */
  replace(options: RateLimitOptions): void {
    this.#requests = windows([
      { label: 'requests a second with this token', limit: options.tokenRequests, keyOf: ({ token }) => token },
      { label: 'requests a second to this data source', limit: options.sourceRequests, keyOf: sourceOf },
    ]);
    this.#bytes = windows([
      { label: 'bytes a second with this token', limit: options.tokenBytes, keyOf: ({ token }) => token },
      { label: 'bytes a second to this data source', limit: options.sourceBytes, keyOf: sourceOf },
    ]);
  }

  /**
   * Counts a request. Resolves with the limit that refuses it, or else the one closest to being reached, if there is
   * any.
   */
  countRequest(sender: Sender): Promise<RateStatus | undefined> {
    return count(this.#requests, sender, 1);
  }

  /** Counts the bytes of a request in the same way. */
  countBytes(sender: Sender, bytes: number): Promise<RateStatus | undefined> {
    return count(this.#bytes, sender, bytes);
  }
}

interface WindowOptions {
  readonly label: string;
  readonly limit: number;
  readonly keyOf: (sender: Sender) => string;
}

/** One limit, counted for each token or data source. */
class Window {
  readonly #limiter: RateLimiterMemory;
  readonly #options: WindowOptions;

  constructor(options: WindowOptions) {
    this.#options = options;

    this.#limiter = new RateLimiterMemory({ points: options.limit, duration: 1 });
  }

  async count(sender: Sender, points: number): Promise<RateStatus> {
    const { limit, keyOf } = this.#options;
    const key = keyOf(sender);
    try {
      return this.#status(await this.#limiter.consume(key, points), false);
    } catch (rejection) {
      if (!(rejection instanceof RateLimiterRes)) throw rejection;
      if (rejection.consumedPoints > points) return this.#status(rejection, true);
      // A single request above the limit passes, and the following are refused for as many seconds as it is worth.
      return this.#status(await this.#limiter.block(key, Math.ceil(points / limit)), false);
    }
  }

  #status({ remainingPoints, msBeforeNext }: RateLimiterRes, refused: boolean): RateStatus {
    const { label, limit } = this.#options;
    return { label, limit, remaining: remainingPoints, resetIn: msBeforeNext, refused };
  }
}

function windows(options: readonly WindowOptions[]): Window[] {
  return options.filter(({ limit }) => limit > 0).map((option) => new Window(option));
}

async function count(limits: readonly Window[], sender: Sender, points: number): Promise<RateStatus | undefined> {
  let nearest: RateStatus | undefined;
  for (const window of limits) {
    const status = await window.count(sender, points);
    if (status.refused) return status;
    if (nearest === undefined || status.remaining / status.limit < nearest.remaining / nearest.limit) {
      nearest = status;
    }
  }
  return nearest;
}

function sourceOf({ dataSource }: Sender): string {
  return dataSource;
}
