/** What became of a name: what it stands for now, or `undefined`: it is gone. */
export interface State<T> {
  readonly name: string;
  readonly value: T | undefined;
}

interface Entry<T> extends State<T> {
  /** Each state that is put gets the next number. */
  readonly number: number;
  readonly at: number;
  isReplaced: boolean;
}

/**
 * The latest state of each name, in the order in which they changed last. Readers have cursors: one that is slow is
 * given the latest state of what has changed since, once, however often that was.
 */
export class LatestStates<T> {
  #entries: Entry<T>[] = [];
  readonly #byName = new Map<string, Entry<T>>();
  #end = 0;
  /** A cursor before this one has missed something that is kept no longer. */
  #first = 0;

  /** The cursor of a reader to which everything that was put is known. */
  get end(): number {
    return this.#end;
  }

  /** Names of which a state is kept. */
  get size(): number {
    return this.#byName.size;
  }

  get(name: string): State<T> | undefined {
    return this.#byName.get(name);
  }

  /** Whether the state of a name was put at a cursor or later. */
  isPutSince(name: string, cursor: number): boolean {
    return (this.#byName.get(name)?.number ?? -1) >= cursor;
  }

  /** `now`: milliseconds of any clock. */
  put(name: string, value: T | undefined, now: number): void {
    const before = this.#byName.get(name);
    if (before !== undefined) before.isReplaced = true;
    const entry = { name, value, number: this.#end, at: now, isReplaced: false };
    this.#end += 1;
    this.#entries.push(entry);
    this.#byName.set(name, entry);
    if (this.#entries.length > 2 * this.#byName.size + 64) this.#compact();
  }

  /** States that were put at a cursor or later, and the cursor behind them; `undefined`: some are kept no longer. */
  after(cursor: number, limit: number): { readonly states: State<T>[]; readonly next: number } | undefined {
    if (cursor < this.#first) return undefined;
    const states: State<T>[] = [];
    for (let index = this.#indexOf(cursor); index < this.#entries.length; index++) {
      const entry = this.#entries[index]!;
      if (entry.isReplaced) continue;
      if (states.length === limit) return { states, next: entry.number };
      states.push(entry);
    }
    return { states, next: this.#end };
  }

  /** Drops the oldest states that are more than this many: whoever has not read them has missed them. */
  dropOldest(most: number): void {
    for (const entry of this.#entries) {
      if (this.#byName.size <= most) break;
      if (entry.isReplaced) continue;
      this.#drop(entry);
      this.#first = entry.number + 1;
    }
    this.#compact();
  }

  /** Drops states before a cursor, up to which all have read, if they were put before a time and nobody needs them. */
  dropRead(cursor: number, before: number, isNeeded: (state: State<T>) => boolean): void {
    for (const entry of this.#entries) {
      if (entry.number >= cursor || entry.at >= before) break;
      if (!entry.isReplaced && !isNeeded(entry)) this.#drop(entry);
    }
    this.#compact();
  }

  #drop(entry: Entry<T>): void {
    entry.isReplaced = true;
    this.#byName.delete(entry.name);
  }

  #compact(): void {
    if (this.#entries.length > this.#byName.size) this.#entries = this.#entries.filter(({ isReplaced }) => !isReplaced);
  }

  /** Of the first entry of this number or a later one. */
  #indexOf(number: number): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.number < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
