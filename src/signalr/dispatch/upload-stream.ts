import type { ValueKind } from '../protocol/value-kinds';

/** Keeps account of what upload streams hold. */
export interface UploadOwner {
  /** An item of `size` bytes was taken by the method, or discarded. */
  taken(stream: UploadStream, size: number): void;
}

interface Item {
  readonly value: unknown;
  readonly size: number;
}

interface Consumer {
  readonly resolve: (result: IteratorResult<unknown, undefined>) => void;
  readonly reject: (error: Error) => void;
}

/** One stream from the client, as its method sees it. It holds items until the method takes them. */
export class UploadStream implements AsyncIterableIterator<unknown, undefined> {
  readonly #owner: UploadOwner;
  /** Either items or consumers are waiting, never both. */
  readonly #items: Item[] = [];
  readonly #consumers: Consumer[] = [];
  #ended = false;
  #error: Error | undefined;

  constructor(
    owner: UploadOwner,
    /** The kind of its items. */
    readonly kind: ValueKind,
    /** Called before each item. */
    readonly onItem: () => void = () => undefined,
  ) {
    this.#owner = owner;
  }

  /** How many items are waiting. */
  get waiting(): number {
    return this.#items.length;
  }

  /** Takes an item from the client. Returns whether it has to wait for the method. */
  push(value: unknown, size: number): boolean {
    if (this.#ended) return false;
    this.onItem();
    const consumer = this.#consumers.shift();
    if (consumer === undefined) this.#items.push({ value, size });
    else consumer.resolve({ done: false, value });
    return consumer === undefined;
  }

  /** The stream has ended; an error is thrown after the items before it. Harmless when called again. */
  end(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    for (const consumer of this.#consumers.splice(0)) this.#finish(consumer);
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#owner.taken(this, item.size);
      return Promise.resolve({ done: false, value: item.value });
    }
    return new Promise((resolve, reject) => {
      const consumer = { resolve, reject };
      if (this.#ended) this.#finish(consumer);
      else this.#consumers.push(consumer);
    });
  }

  /** The method wants no more items. */
  return(): Promise<IteratorResult<unknown, undefined>> {
    this.discard();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Discards the items that are waiting and all that follow. */
  discard(): void {
    this.#error = undefined;
    this.end(undefined);
    for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) {
      this.#owner.taken(this, item.size);
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** An error is thrown only once. */
  #finish({ resolve, reject }: Consumer): void {
    const error = this.#error;
    this.#error = undefined;
    if (error === undefined) resolve({ done: true, value: undefined });
    else reject(error);
  }
}
