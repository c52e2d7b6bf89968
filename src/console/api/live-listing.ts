import { Observable } from '../state/observable';
import type { Live } from './live';

/** Milliseconds between two changes of what is shown, and between two questions while there is no live connection. */
const SHOWN_EVERY = 500;
const ASKED_EVERY = 5000;

/** A listing of the hub, `ReadTopics` or `ReadStreams`, and how to ask for the same over HTTP. */
export interface ListingSource<State> {
  readonly method: string;
  readonly args: readonly unknown[];
  /** Type of the items that are a state: `topic`, `stream`. */
  readonly type: string;
  keyOf(item: Partial<State>): string;
  /** Everything there is. */
  fetchAll(signal: AbortSignal): Promise<readonly State[]>;
  /** So many are kept at most; default: any number. */
  readonly limit?: number;
}

type OnState<State> = (state: State, before: State | undefined) => void;

export interface Listing<State> {
  readonly states: ReadonlyMap<string, State>;
  /** Whether all that there is has been given once. */
  readonly isComplete: boolean;
  /** Whether there is more than is kept. */
  readonly isCut: boolean;
  /** Why there is none. */
  readonly error: string | undefined;
}

/**
 * Keeps a listing as it is on the server: live, by asking every few seconds while there is no live connection. However
 * fast it changes, what is shown changes twice a second.
 */
export class LiveListing<State> {
  readonly shown: Observable<Listing<State>> = new Observable<Listing<State>>({
    ...{ states: new Map<string, State>(), isComplete: false, isCut: false, error: undefined },
  });
  readonly #live: Live;
  readonly #source: ListingSource<State>;
  readonly #onState: OnState<State>;
  #states = new Map<string, State>();
  /** What is being given anew after `start`; the old one is shown until it is complete. */
  #next: Map<string, State> | undefined;
  #isCut = false;
  #stop: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #ending = new AbortController();

  /** `onState` is told of each state as it comes. */
  constructor(live: Live, source: ListingSource<State>, onState: OnState<State> = () => undefined) {
    this.#live = live;
    this.#source = source;
    this.#onState = onState;
    this.#stop = live.stream<Partial<State> & { readonly type: string }>(source.method, source.args, {
      item: (item) => {
        this.#take(item);
      },
      caughtUp: () => {
        this.#complete();
      },
      refused: ({ reason }) => {
        this.shown.set({ ...this.shown.value, error: reason });
      },
    });
    const asking = setInterval(() => {
      if (live.state.value.kind !== 'connected') void this.#ask();
    }, ASKED_EVERY);
    this.#ending.signal.addEventListener('abort', () => {
      clearInterval(asking);
      clearTimeout(this.#timer);
      this.#stop?.();
    });
  }

  end(): void {
    this.#ending.abort();
  }

  #take(item: Partial<State> & { readonly type: string }): void {
    const states = this.#next ?? this.#states;
    if (item.type === 'start') this.#next = new Map();
    else if (item.type === 'removed') states.delete(this.#source.keyOf(item));
    else if (item.type === this.#source.type) this.#put(states, item as unknown as State);
    if (this.#next === undefined) this.#show();
  }

  #put(states: Map<string, State>, state: State): void {
    const key = this.#source.keyOf(state);
    const before = states.get(key) ?? this.#states.get(key);
    if (before === undefined && states.size >= (this.#source.limit ?? Infinity)) {
      this.#isCut = true;
      // More than is kept would go on coming.
      this.#stop?.();
      this.#complete();
      return;
    }
    states.set(key, state);
    this.#onState(state, before);
  }

  #complete(): void {
    this.#states = this.#next ?? this.#states;
    this.#next = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#publish();
  }

  #show(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#publish();
    }, SHOWN_EVERY);
  }

  #publish(): void {
    this.shown.set({ states: new Map(this.#states), isComplete: true, isCut: this.#isCut, error: undefined });
  }

  async #ask(): Promise<void> {
    try {
      const all = await this.#source.fetchAll(this.#ending.signal);
      if (this.#live.state.value.kind === 'connected' || this.#ending.signal.aborted) return;
      const next = new Map<string, State>();
      this.#next = next;
      for (const state of all) this.#put(next, state);
      this.#complete();
    } catch {
      // The server cannot be reached, which the state of the connection says; the next question may be answered.
    }
  }
}
