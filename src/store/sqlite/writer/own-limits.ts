import type { LimitsInForce, StoreLimits } from '../channel/messages';

/** Limits that are in force, some of which are others for a while. */
export class OwnLimits implements LimitsInForce {
  #own: StoreLimits | undefined;
  readonly #common: LimitsInForce;

  constructor(common: LimitsInForce) {
    this.#common = common;
  }

  get current(): StoreLimits {
    return this.#own ?? this.#common.current;
  }

  /** Has these in force for as long as `act` takes. */
  during<Result>(limits: Partial<StoreLimits>, act: () => Result): Result {
    this.#own = { ...this.#common.current, ...limits };
    try {
      return act();
    } finally {
      this.#own = undefined;
    }
  }
}
