import type { Principal } from '../auth/principal';
import type { ActiveReader } from '../feed/active-streams';
import type { Activity } from '../feed/activity';
import { type HubContext, RawJson } from '../signalr';
import type { HubCallers, Rights } from './hub-callers';
import { EVERY } from './read-arguments';

/** Bytes of streams, about, that an answer holds; more of them follow as changes. */
const ANSWER_BYTES = 512 * 1024;

/** The subscriptions of one connection to active streams: of topics, and of all that its token may read. */
export class ActiveSubscriptions {
  readonly #wanted = new Set<string>();
  /** What is told, by topic: once, however many subscriptions it belongs to. */
  readonly #told = new Map<string, AbortController>();
  #all: AbortController | undefined;
  readonly #context: HubContext<Principal>;
  readonly #activity: Activity;
  readonly #rights: Rights;

  constructor(context: HubContext<Principal>, activity: Activity, callers: Pick<HubCallers, 'rightsOf'>) {
    this.#context = context;
    this.#activity = activity;
    this.#rights = callers.rightsOf(context);
  }

  /** Resolves with the streams that are active, as JSON texts; what changes is told from then on. */
  async subscribe(topic: string): Promise<string[]> {
    const room = { bytes: ANSWER_BYTES };
    if (topic !== EVERY) {
      const first = await this.#tell(topic, room);
      this.#wanted.add(topic);
      return first;
    }
    await this.#activity.recallAll();
    if (this.#context.connectionAborted.aborted) return [];
    this.#wanted.add(EVERY);
    this.#all?.abort();
    this.#all = new AbortController();
    const first = await this.#tellAll(this.#all.signal, room);
    void this.#tellOthers(this.#all.signal);
    return first;
  }

  unsubscribe(topic: string): void {
    this.#wanted.delete(topic);
    if (topic === EVERY) {
      this.#all?.abort();
      this.#all = undefined;
    }
    for (const [told, ending] of this.#told) if (!this.#isWanted(told)) ending.abort();
  }

  end(): void {
    this.#wanted.clear();
    this.unsubscribe(EVERY);
  }

  #isWanted(topic: string): boolean {
    return this.#wanted.has(EVERY) || this.#wanted.has(topic);
  }

  /** Begins with all topics of which nothing is told yet, or, of a new subscription, with all that there are. */
  async #tellAll(signal: AbortSignal, room: { bytes: number }): Promise<string[]> {
    const first: string[] = [];
    for (const topic of this.#activity.activeTopics) {
      if (signal.aborted) break;
      if (this.#rights.mayRead(topic)) first.push(...(await this.#tell(topic, room)));
    }
    return first;
  }

  /** Topics that get active streams later. */
  async #tellOthers(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const others = this.#activity.activeTopics.filter((topic) => !this.#told.has(topic));
      for (const topic of others) {
        // One that is removed meanwhile has none.
        if (this.#rights.mayRead(topic)) await this.#tell(topic, { bytes: 0 }).catch(() => undefined);
      }
      if (others.some((topic) => this.#told.has(topic))) continue;
      await this.#activity.nextActiveTopic(signal);
    }
  }

  async #tell(topic: string, room: { bytes: number }): Promise<string[]> {
    const reader = await this.#activity.watch(topic, room);
    if (this.#context.connectionAborted.aborted) {
      reader.close();
      return [];
    }
    this.#told.get(topic)?.abort();
    const ending = new AbortController();
    this.#told.set(topic, ending);
    // The answer goes first.
    setImmediate(() => {
      void this.#goOn(topic, reader, ending);
    });
    return [...reader.first];
  }

  async #goOn(topic: string, reader: ActiveReader, ending: AbortController): Promise<void> {
    const { signal } = ending;
    try {
      while (!signal.aborted) {
        const states = await reader.next(signal);
        for (const { text, isActive } of states) {
          if (ending.signal.aborted || !this.#rights.mayRead(topic)) return;
          const action = isActive ? 'AddUpdate' : 'Remove';
          if (!(await this.#context.caller.send('ActiveStreamsChanged', new RawJson(text), action))) return;
        }
        // Of a topic that is covered by a wildcard, nothing is kept while nothing happens.
        if (!this.#wanted.has(topic) && reader.isAtEnd() && this.#activity.activeStreamsOf(topic) === 0) return;
      }
    } finally {
      reader.close();
      if (this.#told.get(topic) === ending) this.#told.delete(topic);
    }
  }
}
