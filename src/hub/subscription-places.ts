/** Places of readers, of which each subscription takes one. */
export interface Places {
  /** Takes a place; what it returns gives it back, once. Throws `over_share` or `store_busy`. */
  take(holder: string): () => void;
}

/** The places that the subscriptions of one connection have taken, one for each. */
export class SubscriptionPlaces {
  readonly #taken = new Map<string, () => void>();
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  /** Takes a place for a subscription, unless it has one; says whether it had none. Throws as `Places.take`. */
  take(subscription: string, holder: string): boolean {
    if (this.#taken.has(subscription)) return false;
    this.#taken.set(subscription, this.#places.take(holder));
    return true;
  }

  release(subscription: string): void {
    this.#taken.get(subscription)?.();
    this.#taken.delete(subscription);
  }

  releaseAll(): void {
    for (const release of this.#taken.values()) release();
    this.#taken.clear();
  }
}

/** Does what is asked one after another: a subscription that is ended at once is ended when it has begun. */
export class InOrder {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(action: () => Promise<T> | T): Promise<T> {
    const done = this.#last.then(action);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
