import type { Api } from '../../api/api';
import type { Live } from '../../api/live';
import { Observable } from '../../state/observable';

/** Something that was sent while somebody waited for it. */
export interface Arrival {
  /** Different for each. */
  readonly key: string;
  readonly kind: 'events' | 'rows';
  readonly topic: string;
  /** Of an event. */
  readonly streamId?: string;
  readonly id?: string;
  /** Nanoseconds, with all digits. */
  readonly timestamp?: { toString(): string };
  readonly value?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Of a row. */
  readonly row?: Readonly<Record<string, unknown>>;
}

/** What is waited for: a topic of events, and a data source. */
export interface Awaited {
  readonly topic: string;
  readonly dataSource: string;
}

/** So many are kept, the newest first. */
const MOST = 20;

/** Milliseconds between two questions while the live feed fails. */
const POLL_INTERVAL = 2000;

/** A topic or a data source, as it is listed. */
interface Listed {
  readonly name: string;
  readonly kind: 'events' | 'rows';
  readonly position: string;
}

interface StoredRecord extends Omit<Arrival, 'key' | 'kind' | 'topic'> {
  readonly offset: string;
}

interface RecordPage {
  readonly events?: readonly StoredRecord[];
  readonly rows?: readonly StoredRecord[];
}

/**
 * Waits for what comes in a topic and in a data source, also if they are not there yet: by the live listing of topics
 * and their feeds; by asking every two seconds while there is no live connection.
 */
export class Arrivals {
  readonly list = new Observable<readonly Arrival[]>([]);
  /** Whether what was there when the waiting began has been listed: what is listed later is new. */
  readonly isBegun = new Observable(false);
  readonly #api: Api;
  readonly #live: Live;
  readonly #awaited: Awaited;
  readonly #ending = new AbortController();
  /** Behind which everything is new, by name. */
  readonly #starts = new Map<string, string>();
  readonly #followed = new Set<string>();
  readonly #seen = new Set<string>();

  constructor(api: Api, live: Live, awaited: Awaited) {
    this.#api = api;
    this.#live = live;
    this.#awaited = awaited;
    this.#untilEnd(
      live.stream<Listed & { readonly type: string }>('ReadTopics', [], {
        item: (item) => {
          if (item.type === 'topic' && this.#isAwaited(item)) this.#follow(item);
        },
        caughtUp: () => {
          this.isBegun.set(true);
        },
        // The question for the listing is refused for the same reason, and says so.
        refused: () => {
          this.isBegun.set(true);
        },
      }),
    );
    const timer = setInterval(() => {
      if (live.state.value.kind !== 'connected') void this.#poll();
    }, POLL_INTERVAL);
    this.#untilEnd(() => {
      clearInterval(timer);
    });
  }

  end(): void {
    this.#ending.abort();
  }

  #untilEnd(end: () => void): void {
    this.#ending.signal.addEventListener('abort', end);
  }

  #isAwaited({ name, kind }: Listed): boolean {
    return name === (kind === 'events' ? this.#awaited.topic : this.#awaited.dataSource);
  }

  /** Of a topic that has just come into being everything is new, of one that was there what comes from now on. */
  #startOf({ name, position }: Listed): string | undefined {
    const start = this.#starts.get(name) ?? (this.isBegun.value ? '' : position);
    this.#starts.set(name, start);
    return start === '' ? undefined : start;
  }

  #follow(listed: Listed): void {
    const { name, kind } = listed;
    const start = this.#startOf(listed);
    if (this.#followed.has(name)) return;
    this.#followed.add(name);
    const [method, exact] =
      kind === 'events' ? ['ReadEvents', { timestamps: 'text' }] : ['ReadRows', { integers: 'text' }];
    const args = (position = start): readonly unknown[] => [name, { from: position ?? 'earliest', ...exact }];
    this.#untilEnd(
      this.#live.stream<StoredRecord & { readonly type: string }>(method, args, {
        item: ({ type, ...record }) => {
          if (type === 'event' || type === 'row') this.#add(listed, record);
        },
        refused: () => {
          // It was removed: another one of its name is listed again, and is new.
          this.#followed.delete(name);
          this.#starts.set(name, '');
        },
      }),
    );
  }

  async #poll(): Promise<void> {
    const { signal } = this.#ending;
    try {
      const { topics } = await this.#api.get<{ topics: Listed[] }>(['topics'], { query: { limit: 10_000 }, signal });
      for (const listed of topics.filter((one) => this.#isAwaited(one))) await this.#fetch(listed);
      this.isBegun.set(true);
    } catch {
      // The server cannot be reached, which the state of the connection says: the next question may be answered.
    }
  }

  async #fetch(listed: Listed): Promise<void> {
    const { name, kind } = listed;
    const after = this.#startOf(listed);
    if (after === listed.position) return;
    const path = kind === 'events' ? ['topics', name, 'events', 'data'] : ['v0', 'datasources', name, 'rows'];
    const query = { after, limit: MOST };
    const page = await this.#api.get<RecordPage>(path, { query, signal: this.#ending.signal });
    for (const record of page.events ?? page.rows ?? []) {
      this.#add(listed, record);
      this.#starts.set(name, record.offset);
    }
  }

  #add({ name, kind }: Listed, { offset, ...record }: StoredRecord): void {
    const key = `${name} ${offset}`;
    if (this.#seen.has(key) || this.#ending.signal.aborted) return;
    this.#seen.add(key);
    this.list.set([{ ...record, key, kind, topic: name }, ...this.list.value].slice(0, MOST));
  }
}
