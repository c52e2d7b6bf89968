import type { NamePage } from '../store/contract/catalogue';
import { Gatherer } from './gatherer';
import { LatestStates, type State } from './latest-states';
import { Wakes } from './wakes';

/** Names of a page, and states that are given at once. */
const PAGE = 500;
/** For so long it is remembered what was shown, in milliseconds: what a commit did may be told a little late. */
const REMEMBERED_MS = 3_000;

/** What is listed, and how the store is asked for it. */
export interface ListingSource<T> {
  page(page: NamePage): Promise<T[]>;
  named(names: readonly string[]): Promise<T[]>;
  nameOf(item: T): string;
  /** JSON text of an object, on one line. */
  textOf(item: T): string;
  /** Whether it may have changed at a time (milliseconds since the Unix epoch) or later. */
  mayHaveChangedSince(item: T, time: number): boolean;
}

/** What a reader of a listing is given, in order. */
export type ListingItem =
  /** Everything that there is follows, and whatever was known before is void. */
  | { readonly kind: 'start' }
  /** What there is, as JSON texts, or has gone. */
  | { readonly kind: 'states'; readonly states: readonly State<string>[] }
  /** Everything that there was has been given: what follows is new. */
  | { readonly kind: 'caught_up' };

/** How a reader reads a listing. */
export interface ListingReading {
  readonly signal: AbortSignal;
  inTurn<R>(read: () => Promise<R>): Promise<R>;
}

/** Texts that a reader was shown of names that may be told again. */
type Shown = Map<string, string>;

/**
 * A list of names with their states, which some readers watch: each is given all there is and then what changes. What
 * changes is looked up once for all of them.
 */
export class Listing<T> {
  readonly #states = new LatestStates<string>();
  readonly #wakes = new Wakes();
  readonly #readers = new Set<{ cursor: number }>();
  readonly #gatherer: Gatherer;
  /** How often readers had to begin again because too much had changed at once. */
  #overflows = 0;
  #failure: (() => unknown) | undefined;
  readonly #source: ListingSource<T>;
  readonly #mostKept: number;

  /** `mostKept`: states that are kept for readers that are slow; one that is further behind begins again. */
  constructor(source: ListingSource<T>, mostKept: number) {
    this.#source = source;
    this.#mostKept = mostKept;

    this.#gatherer = new Gatherer({
      lookUp: (names) => this.#lookUp(names),
      onRound: () => {
        this.#trim();
      },
      onOverflow: () => {
        this.#states.dropOldest(0);
        this.#overflows += 1;
        this.#wakes.wake();
      },
    });
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** A name may stand for something else now. */
  touch(name: string, isUrgent: boolean): void {
    this.#gatherer.add(name, isUrgent);
  }

  /** It can be watched no longer: each reader rejects with a failure. */
  break(failure: () => unknown): void {
    this.#failure = failure;
    this.stop();
    this.#wakes.wake();
  }

  /** Called when nobody watches it any more. */
  stop(): void {
    this.#gatherer.stop();
  }

  /** Rejects as the source does before it has given anything. */
  async *follow(reading: ListingReading): AsyncGenerator<ListingItem, void, void> {
    const reader = { cursor: this.#states.end };
    this.#readers.add(reader);
    try {
      while (!reading.signal.aborted) {
        reader.cursor = this.#states.end;
        const overflows = this.#overflows;
        const shown: Shown = new Map();
        if (!(yield* this.#all(reader.cursor, shown, reading))) return;
        yield { kind: 'caught_up' };
        yield* this.#live(reader, shown, { signal: reading.signal, overflows });
      }
    } finally {
      this.#readers.delete(reader);
    }
  }

  /** All there is; says whether that was all, or the reader has gone. */
  async *#all(cursor: number, shown: Shown, reading: ListingReading): AsyncGenerator<ListingItem, boolean, void> {
    let after: string | undefined;
    for (;;) {
      const page: NamePage = { limit: PAGE, ...(after !== undefined && { after }) };
      const readAt = Date.now();
      const items = await reading.inTurn(() => this.#source.page(page));
      if (reading.signal.aborted) return false;
      this.#throwIfBroken();
      const states = items.map((item) => {
        const [name, value] = [this.#source.nameOf(item), this.#source.textOf(item)];
        const mayComeAgain = this.#gatherer.has(name) || this.#states.isPutSince(name, cursor);
        if (mayComeAgain || this.#source.mayHaveChangedSince(item, readAt - REMEMBERED_MS)) shown.set(name, value);
        return { name, value };
      });
      if (after === undefined) yield { kind: 'start' };
      if (states.length > 0) yield { kind: 'states', states };
      if (items.length < PAGE) return true;
      after = states.at(-1)!.name;
    }
  }

  /** What changes, until the reader has missed something. */
  async *#live(
    reader: { cursor: number },
    shown: Shown,
    { signal, overflows }: { readonly signal: AbortSignal; readonly overflows: number },
  ): AsyncGenerator<ListingItem, void, void> {
    const forget = setTimeout(() => {
      shown.clear();
    }, REMEMBERED_MS);
    forget.unref();
    try {
      while (!signal.aborted) {
        this.#throwIfBroken();
        const batch = this.#states.after(reader.cursor, PAGE);
        if (batch === undefined || this.#overflows !== overflows) return;
        reader.cursor = batch.next;
        const states = batch.states.filter(({ name, value }) => isNew(shown, name, value));
        if (states.length > 0) yield { kind: 'states', states };
        if (batch.states.length === 0) await this.#wakes.wait(signal);
      }
    } finally {
      clearTimeout(forget);
    }
  }

  async #lookUp(names: readonly string[]): Promise<void> {
    const found = new Map((await this.#source.named(names)).map((item) => [this.#source.nameOf(item), item]));
    const now = performance.now();
    for (const name of names) {
      const item = found.get(name);
      const value = item && this.#source.textOf(item);
      const known = this.#states.get(name);
      if (known === undefined || known.value !== value) this.#states.put(name, value, now);
    }
    this.#wakes.wake();
  }

  #trim(): void {
    let read = this.#states.end;
    for (const { cursor } of this.#readers) read = Math.min(read, cursor);
    this.#states.dropRead(read, performance.now() - REMEMBERED_MS, () => false);
    this.#states.dropOldest(this.#mostKept);
  }

  #throwIfBroken(): void {
    if (this.#failure !== undefined) throw this.#failure();
  }
}

function isNew(shown: Shown, name: string, value: string | undefined): boolean {
  const before = shown.get(name);
  shown.delete(name);
  return before === undefined || before !== value;
}
