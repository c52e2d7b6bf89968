import { Batch, type Call } from './batch';
import { HubError } from './hub-error';
import type { HubLink } from './hub-link';
import { NanosecondClock } from './nanosecond-clock';
import { asOnlyTab, type OfflineStore, type StoredBatch, type WireEvent } from './offline-store';
import { StreamLane, type LaneContext } from './stream-lane';

export interface SenderOptions {
  /** Events of a batch; default 1000. What one call of `send` gives is never divided. */
  readonly maxBatchEvents?: number;
  /** Characters of a batch as JSON; default 262,144. */
  readonly maxBatchBytes?: number;
  /** How long a batch waits for more events of its stream, milliseconds; default 20. */
  readonly batchDelayMs?: number;
  /** Events that may wait for their acknowledgement; default 10,000. */
  readonly maxQueuedEvents?: number;
  /** Characters of them as JSON; default 8,388,608. */
  readonly maxQueuedBytes?: number;
  /** What `send` does when that many wait: reject with `queue_full` (default), or wait for room. */
  readonly whenFull?: 'reject' | 'wait';
  /** The server's `WRITER_HUB_MAX_MESSAGE_BYTES`; default 10,485,760. A lower one is learnt when it is met. */
  readonly maxMessageBytes?: number;
  /** Keeps events until the server has them, over the end of this page or process. */
  readonly offlineStore?: OfflineStore;
  /** Told when the offline store fails. Events are then sent from memory. */
  readonly onStoreError?: (error: unknown) => void;
}

/** A call that has no room yet. */
interface Waiting {
  readonly lane: readonly [topic: string, streamId: string];
  readonly call: Call;
}

/** Takes events in, and sends them stream by stream. */
export class Sender {
  readonly #lanes = new Map<string, StreamLane>();
  readonly #waiting: Waiting[] = [];
  readonly #unsettled = new Set<Promise<void>>();
  #events = 0;
  #size = 0;
  #isClosed = false;
  #end = (): void => undefined;
  /** When the offline store has a batch, by its key. */
  readonly #saved = new Map<string, Promise<void>>();
  readonly #limits: Required<Pick<SenderOptions, 'maxQueuedEvents' | 'maxQueuedBytes' | 'whenFull'>>;
  readonly #options: SenderOptions;
  readonly #context: LaneContext;

  constructor(link: HubLink, options: SenderOptions) {
    const { maxBatchEvents = 1000, maxBatchBytes = 256 * 1024, batchDelayMs = 20 } = options;
    const { maxQueuedEvents = 10_000, maxQueuedBytes = 8 * 1024 * 1024, whenFull = 'reject' } = options;
    this.#limits = { maxQueuedEvents, maxQueuedBytes, whenFull };
    this.#options = options;
    const clock = new NanosecondClock();
    const client = crypto.getRandomValues(new Uint32Array(4)).join('-');
    this.#context = {
      link,
      maxBatchEvents,
      maxBatchBytes,
      batchDelayMs,
      maxMessageBytes: options.maxMessageBytes ?? 10 * 1024 * 1024,
      isStored: options.offlineStore !== undefined,
      loaded: this.#load(),
      makeKey: () => `${clock.now().toString(36)}-${client}`,
      keep: (lane, batch) => {
        this.#keep(lane, batch);
      },
      forget: (batch) => {
        this.#forget(batch);
      },
      onIdle: (lane) => {
        this.#lanes.delete(laneName(lane.topic, lane.streamId));
      },
    };
  }

  /** Resolves when the events are stored; rejects when they are refused for good. */
  async send(topic: string, streamId: string, events: readonly WireEvent[]): Promise<void> {
    const size = JSON.stringify(events).length;
    if (this.#isClosed) throw new HubError('closed', 'closed: the client was closed before');
    if (events.length === 0) return;
    await this.#track((settled) => {
      this.#take({ lane: [topic, streamId], call: { events, size, ...settled } });
    });
  }

  /** Resolves when everything that was sent before is stored or refused. */
  async flush(): Promise<void> {
    await this.#context.loaded;
    for (const lane of this.#lanes.values()) lane.seal();
    await Promise.allSettled(this.#unsettled);
  }

  /** Takes nothing more. What waits is rejected by the link, which must be closed then. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#end();
    this.#admit();
    for (const lane of this.#lanes.values()) lane.seal();
    await Promise.allSettled(this.#saved.values());
  }

  #track(begin: (settled: Pick<Call, 'resolve' | 'reject'>) => void): Promise<void> {
    const promise = new Promise<void>((resolve, reject) => {
      begin({ resolve, reject });
    });
    const drop = (): void => {
      this.#unsettled.delete(promise);
    };
    this.#unsettled.add(promise);
    promise.then(drop, drop);
    return promise;
  }

  #take(waiting: Waiting): void {
    const { call } = waiting;
    if (this.#waiting.length === 0 && this.#hasRoom(call)) this.#enqueue(waiting);
    else if (this.#limits.whenFull === 'wait') this.#waiting.push(waiting);
    else {
      const full = `queue_full: ${this.#events} events of ${this.#size} characters wait already`;
      call.reject(new HubError('queue_full', full));
    }
  }

  /** What is larger than the queue has room when nothing else waits. */
  #hasRoom({ events, size }: Call): boolean {
    const { maxQueuedEvents, maxQueuedBytes } = this.#limits;
    if (this.#events === 0 || this.#isClosed) return true;
    return this.#events + events.length <= maxQueuedEvents && this.#size + size <= maxQueuedBytes;
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#hasRoom(this.#waiting[0]!.call)) this.#enqueue(this.#waiting.shift()!);
  }

  #enqueue({ lane, call }: Waiting): void {
    this.#lane(...lane).add(this.#counted(call));
  }

  /** Takes a call's place in the queue, until it is settled. */
  #counted(call: Call): Call {
    const { events, size } = call;
    this.#events += events.length;
    this.#size += size;
    const leave = (): void => {
      this.#events -= events.length;
      this.#size -= size;
      this.#admit();
    };
    return {
      events,
      size,
      resolve() {
        leave();
        call.resolve();
      },
      reject(error) {
        leave();
        call.reject(error);
      },
    };
  }

  #lane(topic: string, streamId: string): StreamLane {
    const name = laneName(topic, streamId);
    const lane = this.#lanes.get(name) ?? new StreamLane(topic, streamId, this.#context);
    this.#lanes.set(name, lane);
    return lane;
  }

  #load(): Promise<void> {
    const store = this.#options.offlineStore;
    if (store === undefined) return Promise.resolve();
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    const drain = async (): Promise<void> => {
      for (const batch of await store.load()) if (!this.#isClosed && !this.#saved.has(batch.key)) this.#resume(batch);
    };
    return asOnlyTab(store.name, drain, ended).catch(this.#storeFailed);
  }

  /** Sends what an earlier page or process left. */
  #resume({ key, topic, streamId, events, sizes }: StoredBatch): void {
    const store = this.#options.offlineStore!;
    let end = 0;
    const calls = sizes.map((count): Call => {
      const part = events.slice(end, (end += count));
      const stored = { key, topic, streamId, events: part, sizes: [count] };
      const size = JSON.stringify(part).length;
      let call: Call | undefined;
      this.#track(({ resolve, reject }) => {
        call = this.#counted({ events: part, size, resolve, reject });
      }).catch((error: unknown) => {
        if ((error as HubError).code !== 'closed') store.refused(stored, error as HubError);
      });
      return call!;
    });
    this.#saved.set(key, Promise.resolve());
    this.#lane(topic, streamId).insert(new Batch(key, calls));
  }

  #keep({ topic, streamId }: StreamLane, batch: Batch): void {
    const store = this.#options.offlineStore;
    if (store === undefined) return;
    this.#saved.set(batch.key, store.save(batch.stored(topic, streamId)).catch(this.#storeFailed));
  }

  #forget({ key }: Batch): void {
    const saved = this.#saved.get(key);
    this.#saved.delete(key);
    saved?.then(() => this.#options.offlineStore?.remove(key)).catch(this.#storeFailed);
  }

  readonly #storeFailed = (error: unknown): void => {
    this.#options.onStoreError?.(error);
  };
}

/** The character between them is in no name that the server takes. */
function laneName(topic: string, streamId: string): string {
  return `${topic}\0${streamId}`;
}
