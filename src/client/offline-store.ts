/** An event as it goes over the wire: the timestamp in digits, as JSON numbers of JavaScript hold no 19 of them. */
export interface WireEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly value?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Events of one stream that are sent together, under one key however often. Plain JSON. */
export interface StoredBatch {
  /** The idempotency key. In order of keys the batches of a client are in the order of its calls. */
  readonly key: string;
  readonly topic: string;
  readonly streamId: string;
  readonly events: readonly WireEvent[];
  /** How many of the events each call of `send` gave, in order. */
  readonly sizes: readonly number[];
}

/** Where events are kept until the server has them, such as IndexedDB or a file. It may answer with promises or not. */
export interface OfflineStore {
  /** Of all tabs that have a store of this name, one at a time sends what earlier ones have left (a Web Lock). */
  readonly name: string;
  /** What is there, in any order. */
  load(): Promise<readonly StoredBatch[]> | readonly StoredBatch[];
  /** Keeps a batch, under its key. When it fails, the batch is sent all the same, from memory. */
  save(batch: StoredBatch): Promise<void> | void;
  /** Removes a batch, if it is there. */
  remove(key: string): Promise<void> | void;
  /**
   * Told of events which an earlier page or process left, and which the server refuses for good: nobody waits for them
   * any more. They are removed afterwards.
   */
  refused(batch: StoredBatch, error: Error): void;
}

interface Locks {
  request(name: string, options: object, callback: (lock: unknown) => Promise<void>): Promise<unknown>;
}

/**
 * Runs `drain` when no other tab does, and keeps others from it until `ended`. Resolves when it has run, or when
 * another tab is at it and it will run later. Where there are no Web Locks, as in Node.js, it runs at once.
 */
export function asOnlyTab(name: string, drain: () => Promise<void>, ended: Promise<void>): Promise<void> {
  const { locks } = (globalThis as { readonly navigator?: { readonly locks?: Locks } }).navigator ?? {};
  if (locks === undefined) return drain();
  const lockName = `writer-hub:${name}`;
  return new Promise((resolve, reject) => {
    const hold = async (): Promise<void> => {
      await drain().then(resolve, reject);
      await ended;
    };
    const holdOrWait = async (lock: unknown): Promise<void> => {
      if (lock !== null) return hold();
      resolve();
      await locks.request(lockName, {}, hold);
    };
    locks.request(lockName, { ifAvailable: true }, holdOrWait).catch(reject);
  });
}
