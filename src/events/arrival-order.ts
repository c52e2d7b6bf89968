/**
 * Keeps what is prepared side by side in the order in which it came: a large batch that is checked in a thread takes
 * longer than a small one behind it. What one sender, such as a connection, has for one target is in order; senders do
 * not wait for each other. Nothing is kept of a target for which nothing is being prepared.
 */
export class ArrivalOrder {
  /** For each target, and for each sender to it, the end of the last preparation. */
  readonly #targets = new Map<string, Map<unknown, Promise<unknown>>>();

  /** Whether nothing is being prepared for anybody. */
  get isIdle(): boolean {
    return this.#targets.size === 0;
  }

  /** Whether something is being prepared that a sender has sent to a target before. */
  isUnderWay(target: string, sender: unknown): boolean {
    return this.#targets.get(target)?.has(sender) === true;
  }

  /** Calls `submit` with what was prepared once everything before it has been submitted, or has failed. */
  async inTurn<T, R>(
    target: string,
    sender: unknown,
    prepared: Promise<T>,
    submit: (prepared: T) => Promise<R>,
  ): Promise<R> {
    const before = this.#targets.get(target)?.get(sender);
    const turn = settled([before]).then(() => prepared);
    const value = await this.#hold(target, [sender], turn, prepared);
    return submit(value);
  }

  /** Calls `submit` once everything that anybody has sent to a target before has been submitted, or has failed. */
  async behindAll<R>(target: string, submit: () => Promise<R>): Promise<R> {
    const senders = this.#targets.get(target);
    if (senders === undefined) return submit();
    const turn = settled([...senders.values()]);
    await this.#hold(target, [...senders.keys()], turn, turn);
    return submit();
  }

  /** Waits for a turn, and makes what comes later wait for it as well. */
  async #hold<T>(
    target: string,
    senders: readonly unknown[],
    turn: Promise<T>,
    prepared: Promise<unknown>,
  ): Promise<T> {
    // Whoever waits for the turn hears of a failure; until then it is nobody's.
    prepared.catch(ignore);
    const turns = this.#targets.get(target) ?? new Map<unknown, Promise<unknown>>();
    this.#targets.set(target, turns);
    for (const sender of senders) turns.set(sender, turn);
    try {
      return await turn;
    } finally {
      for (const sender of senders) if (turns.get(sender) === turn) turns.delete(sender);
      if (turns.size === 0) this.#targets.delete(target);
    }
  }
}

async function settled(promises: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  await Promise.allSettled(promises.filter((promise) => promise !== undefined));
}

function ignore(): void {
  // It is told to whoever awaits the turn.
}
