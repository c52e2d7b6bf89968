import type { Catalogue } from '../store/contract/catalogue';
import type { Position } from '../store/contract/position';
import type { Store } from '../store/contract/store';

/** Topics that are asked for at once. */
const PAGE = 1000;

/** Waits for a topic to advance. */
export interface TopicWaiter {
  /** The topic has advanced; it waits no longer. */
  onAdvance(): void;
}

/** Waits for all topics to advance. */
export interface AllTopicsWaiter {
  /** A topic has advanced from where it ended before, or, if that is not known, from its beginning. */
  onTopic(topic: string, before: Position | undefined): void;
}

/** What is known of one topic. */
interface WatchedTopic {
  end: Position | undefined;
  /** Those who wait for it. */
  readonly waiting: Set<TopicWaiter>;
  /** Which of those who wait for all topics have been told that it advances. */
  told: number;
  /** How often something was removed from it, perhaps itself. */
  removals: number;
}

/**
 * Wakes those for whom there is nothing until a topic advances, so that waiting costs neither a reader nor a moment. It
 * observes the store only while somebody waits.
 */
export class TopicWatch {
  readonly #topics = new Map<string, WatchedTopic>();
  readonly #all = new Set<AllTopicsWaiter>();
  /** Another number each time that one of those who wait for all topics has to be told of each again. */
  #turn = 0;
  #loading: Promise<void> | undefined;
  #unobserve: (() => void) | undefined;
  readonly #store: Pick<Store, 'observe'> & { readonly catalogue: Pick<Catalogue, 'topics'> };

  constructor(store: Pick<Store, 'observe'> & { readonly catalogue: Pick<Catalogue, 'topics'> }) {
    this.#store = store;
  }

  /** Has a waiter told, once, when a topic advances that exists or will. */
  wait(topic: string, waiter: TopicWaiter): void {
    this.#topic(topic).waiting.add(waiter);
    this.#observe();
  }

  stopWaiting(topic: string, waiter: TopicWaiter): void {
    this.#topics.get(topic)?.waiting.delete(waiter);
    this.#tidy(topic);
  }

  /** Resolves when a waiter is told of every topic that advances from then on, each once. */
  async waitForAll(waiter: AllTopicsWaiter): Promise<void> {
    this.#observe();
    // Whoever leaves meanwhile may be the last of those for whom it was loaded.
    for (let loaded: Promise<void> | undefined; loaded === undefined || loaded !== this.#loading;) {
      loaded = this.#loading ??= this.#load();
      await loaded;
    }
    this.#all.add(waiter);
    this.#turn += 1;
  }

  stopWaitingForAll(waiter: AllTopicsWaiter): void {
    this.#all.delete(waiter);
    if (this.#all.size > 0) return;
    this.#loading = undefined;
    for (const topic of [...this.#topics.keys()]) {
      this.forget(topic);
      this.#tidy(topic);
    }
  }

  /** Has those who wait for all topics told again of each. */
  tellAgain(): void {
    this.#turn += 1;
  }

  /** A topic is there no more; another one of this name is a new one. */
  forget(topic: string): void {
    const known = this.#topics.get(topic);
    if (known === undefined) return;
    known.end = undefined;
    known.told = -1;
  }

  /** Another number when something was removed from the topic. */
  removals(topic: string): number {
    return this.#topics.get(topic)?.removals ?? 0;
  }

  /** Ends of all topics, which an advance knows better. */
  async #load(): Promise<void> {
    try {
      for (let after: string | undefined; ;) {
        const page = await this.#store.catalogue.topics({ limit: PAGE, ...(after !== undefined && { after }) });
        for (const { name, position } of page) this.#topic(name).end ??= position;
        after = page.at(-1)?.name;
        if (page.length < PAGE) return;
      }
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }

  #topic(name: string): WatchedTopic {
    let known = this.#topics.get(name);
    if (known === undefined) {
      known = { end: undefined, waiting: new Set(), told: -1, removals: 0 };
      this.#topics.set(name, known);
    }
    return known;
  }

  #observe(): void {
    this.#unobserve ??= this.#store.observe({
      onAdvance: (ends) => {
        for (const [topic, end] of ends) this.#advance(topic, end);
      },
      onRemove: (topic) => {
        const known = this.#topics.get(topic);
        if (known !== undefined) known.removals += 1;
      },
    });
  }

  #advance(name: string, end: Position): void {
    const known = this.#loading === undefined ? this.#topics.get(name) : this.#topic(name);
    if (known === undefined) return;
    const before = known.end;
    if (this.#loading !== undefined) known.end = end;
    if (known.waiting.size > 0) {
      const waiting = [...known.waiting];
      known.waiting.clear();
      for (const waiter of waiting) waiter.onAdvance();
    }
    if (known.told !== this.#turn && this.#all.size > 0) {
      known.told = this.#turn;
      for (const waiter of [...this.#all]) waiter.onTopic(name, before);
    }
    if (this.#loading === undefined) this.#tidy(name);
  }

  /** Lets go of a topic for which nobody waits, and of the store when there is none left. */
  #tidy(topic: string): void {
    if (this.#loading === undefined && this.#topics.get(topic)?.waiting.size === 0) this.#topics.delete(topic);
    if (this.#topics.size > 0 || this.#loading !== undefined) return;
    this.#unobserve?.();
    this.#unobserve = undefined;
  }
}
