/** How long names are gathered before they are looked up together, in milliseconds. */
const GATHER_MS = 500;
/** So many are looked up each time at least, and an eighth of all that wait. */
const LEAST_AT_ONCE = 1000;
/** So many are asked for in one question, so that nobody waits long for its answer. */
const CHUNK = 250;
/** More names than these are not gathered. */
const MOST_NAMES = 200_000;

export interface GathererParts {
  /** Looks up some names. When it rejects, they are tried again. */
  lookUp(names: readonly string[]): Promise<void>;
  /** Told when a round is done. */
  onRound(): void;
  /** There are more names than may wait: nobody knows any more what has changed. */
  onOverflow(): void;
}

/**
 * Gathers names that have changed and has them looked up a few times a second, each once: a name that changes a
 * thousand times meanwhile costs no more than one that changes once.
 */
export class Gatherer {
  readonly #urgent = new Set<string>();
  readonly #others = new Set<string>();
  #isStopped = false;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  readonly #parts: GathererParts;

  constructor(parts: GathererParts) {
    this.#parts = parts;
  }

  /** Urgent names are looked up first. */
  add(name: string, isUrgent: boolean): void {
    if (this.#isStopped) return;
    if (isUrgent) {
      this.#others.delete(name);
      this.#urgent.add(name);
    } else if (!this.#urgent.has(name)) this.#others.add(name);
    if (this.#urgent.size + this.#others.size > MOST_NAMES) {
      this.#clear();
      this.#parts.onOverflow();
      return;
    }
    this.#plan();
  }

  /** Whether a name waits. */
  has(name: string): boolean {
    return this.#urgent.has(name) || this.#others.has(name);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#clear();
  }

  #clear(): void {
    this.#urgent.clear();
    this.#others.clear();
  }

  #plan(): void {
    if (this.#timer !== undefined || this.#isRunning || this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#run();
    }, GATHER_MS);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const waiting = this.#urgent.size + this.#others.size;
    const names = this.#take(LEAST_AT_ONCE + Math.ceil(waiting / 8));
    for (let start = 0; start < names.length && !this.#isStopped; start += CHUNK) {
      const chunk = names.slice(start, start + CHUNK);
      try {
        await this.#parts.lookUp(chunk);
      } catch {
        for (const name of chunk) this.#others.add(name);
      }
    }
    this.#isRunning = false;
    if (this.#isStopped) return;
    this.#parts.onRound();
    if (this.#urgent.size + this.#others.size > 0) this.#plan();
  }

  #take(count: number): string[] {
    const names: string[] = [];
    for (const waiting of [this.#urgent, this.#others]) {
      for (const name of waiting) {
        if (names.length === count) return names;
        waiting.delete(name);
        names.push(name);
      }
    }
    return names;
  }
}
