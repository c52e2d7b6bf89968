import { Batch, type Call } from './batch';
import { HubError } from './hub-error';
import type { HubLink } from './hub-link';
import { NanosecondClock } from './nanosecond-clock';
import { asOnlyTab, type OfflineStore, type StoredBatch, type WireEvent } from './offline-store';
import { StreamLane, type LaneOwner } from './stream-lane';

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

/** Takes events in, and sends them stream by stream. */
export class Sender implements LaneOwner {
  readonly batches: Readonly<Record<'events' | 'size' | 'delay', number>>;
  maxMessageBytes: number;
  readonly isStored: boolean;
  readonly loaded: Promise<unknown>;
  readonly #lanes = new Map<string, StreamLane>();
  /** What has no room yet. */
  readonly #waiting: { readonly lane: readonly [topic: string, streamId: string]; readonly call: Call }[] = [];
  readonly #queued = new Set<Call>();
  readonly #unsettled = new Set<Promise<void>>();
  #events = 0;
  #size = 0;
  #isClosed = false;
  #end = (): void => undefined;
  /** When the offline store has a batch, by its key. */
  readonly #saved = new Map<string, Promise<void>>();
  readonly #clock = new NanosecondClock();
  readonly #name = crypto.getRandomValues(new Uint32Array(4)).join('-');
  readonly #store: OfflineStore | undefined;
  readonly #options: SenderOptions;

  constructor(
    readonly link: HubLink,
    options: SenderOptions,
  ) {
    const { maxBatchEvents = 1000, maxBatchBytes = 262_144, batchDelayMs = 20, maxMessageBytes = 10_485_760 } = options;
    this.batches = { events: maxBatchEvents, size: maxBatchBytes, delay: batchDelayMs };
    this.maxMessageBytes = maxMessageBytes;
    this.#options = options;
    this.#store = options.offlineStore;
    this.isStored = this.#store !== undefined;
    this.loaded = this.#load();
  }

  /** Resolves when the events are stored; rejects when they are refused for good. */
  async send(topic: string, streamId: string, events: readonly WireEvent[]): Promise<void> {
    const { whenFull } = this.#options;
    if (this.#isClosed) throw new HubError('closed: the client was closed before');
    if (events.length === 0) return;
    const { call, settled } = this.#call(events);
    this.#waiting.push({ lane: [topic, streamId], call });
    this.#admit();
    // One that may not wait is the only one that does.
    if (whenFull !== 'wait' && this.#waiting.pop()) {
      call.reject(new HubError(`queue_full: ${this.#events} events wait already`));
    }
    await settled;
  }

  /** Resolves when everything that was sent before is stored or refused. */
  async flush(): Promise<void> {
    await this.loaded;
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

  makeKey(): string {
    return `${this.#clock.now().toString(36)}-${this.#name}`;
  }

  keep({ topic, streamId }: StreamLane, batch: Batch): void {
    const store = this.#store;
    if (store)
      this.#saved.set(
        batch.key,
        this.#ask(() => store.save(batch.stored(topic, streamId))),
      );
  }

  forget({ key }: Batch): void {
    const saved = this.#saved.get(key);
    this.#saved.delete(key);
    void saved?.then(() => this.#ask(() => this.#store?.remove(key)));
  }

  onIdle({ topic, streamId }: StreamLane): void {
    this.#lanes.delete(laneName(topic, streamId));
  }

  /** A call, and what it comes to. */
  #call(events: readonly WireEvent[]): { readonly call: Call; readonly settled: Promise<void> } {
    let call: Call | undefined;
    const settled = new Promise<void>((resolve, reject) => {
      call = { events, size: JSON.stringify(events).length, resolve, reject };
    });
    const leave = (): void => {
      this.#unsettled.delete(settled);
      if (this.#queued.delete(call!)) this.#count(call!, -1);
      this.#admit();
    };
    this.#unsettled.add(settled);
    settled.then(leave, leave);
    return { call: call!, settled };
  }

  /** Gives a call its place in the queue, until it is settled. */
  #take(call: Call): void {
    this.#queued.add(call);
    this.#count(call, 1);
  }

  #count({ events, size }: Call, sign: 1 | -1): void {
    this.#events += sign * events.length;
    this.#size += sign * size;
  }

  /** Lets in those who wait, as far as there is room. What is larger than the queue has room when it is empty. */
  #admit(): void {
    const { maxQueuedEvents = 10_000, maxQueuedBytes = 8_388_608 } = this.#options;
    for (;;) {
      const [next] = this.#waiting;
      if (!next) return;
      const { lane, call } = next;
      const isFull = this.#events + call.events.length > maxQueuedEvents || this.#size + call.size > maxQueuedBytes;
      if (isFull && this.#events > 0 && !this.#isClosed) return;
      this.#waiting.shift();
      this.#take(call);
      this.#lane(...lane).add(call);
    }
  }

  #lane(topic: string, streamId: string): StreamLane {
    const name = laneName(topic, streamId);
    const lane = this.#lanes.get(name) ?? new StreamLane(topic, streamId, this);
    this.#lanes.set(name, lane);
    return lane;
  }

  async #load(): Promise<void> {
    const store = this.#store;
    if (!store) return;
    const ended = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    const drain = async (): Promise<void> => {
      for (const batch of await store.load()) if (!this.#isClosed && !this.#saved.has(batch.key)) this.#resume(batch);
    };
    await this.#ask(() => asOnlyTab(store.name, drain, ended));
  }

  /** Sends what an earlier page or process left. */
  #resume({ key, topic, streamId, events, sizes }: StoredBatch): void {
    let end = 0;
    const calls = sizes.map((count) => {
      const part = events.slice(end, (end += count));
      const { call, settled } = this.#call(part);
      this.#take(call);
      settled.catch((error: unknown) => {
        const stored = { key, topic, streamId, events: part, sizes: [count] };
        if ((error as HubError).code === 'closed') return;
        void this.#ask(() => this.#store?.refused(stored, error as HubError));
      });
      return call;
    });
    this.#saved.set(key, Promise.resolve());
    this.#lane(topic, streamId).insert(new Batch(key, calls));
  }

  /** Has the store do something, which may answer at once or with a promise; told of is what it throws either way. */
  async #ask(act: () => unknown): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#options.onStoreError?.(error);
    }
  }
}

/** The character between them is in no name that the server takes. */
function laneName(topic: string, streamId: string): string {
  return `${topic}\0${streamId}`;
}
