import { EVERY } from './read-arguments';

/** The ids that are wanted of a stream, each with the number of the subscription. */
type Ids = Map<string, number>;

/** What is subscribed to of a topic: pairs of a stream and an id (of events or parameters); either may be `*`. */
export class IdPatterns {
  readonly #streams = new Map<string, Ids>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(streamId: string, id: string): boolean {
    return this.#streams.get(streamId)?.has(id) === true;
  }

  /** `order`: a number that is greater than that of every earlier subscription. */
  add(streamId: string, id: string, order: number): void {
    let ids = this.#streams.get(streamId);
    if (ids === undefined) {
      ids = new Map();
      this.#streams.set(streamId, ids);
    }
    if (!ids.has(id)) this.#size += 1;
    ids.set(id, order);
  }

  /** The pairs of a stream, or one of them, with their numbers. */
  *of(streamId: string, id?: string): Iterable<{ readonly id: string; readonly order: number }> {
    for (const [each, order] of this.#streams.get(streamId) ?? []) {
      if (id === undefined || id === each) yield { id: each, order };
    }
  }

  clear(): void {
    this.#streams.clear();
    this.#size = 0;
  }

  /** Returns how many were removed. */
  remove(streamId: string, id: string): number {
    const ids = this.#streams.get(streamId);
    if (ids?.delete(id) !== true) return 0;
    if (ids.size === 0) this.#streams.delete(streamId);
    this.#size -= 1;
    return 1;
  }

  removeStream(streamId: string): number {
    const count = this.#streams.get(streamId)?.size ?? 0;
    this.#streams.delete(streamId);
    this.#size -= count;
    return count;
  }

  /** The number of the earliest subscription that an id of a stream is of; infinite when there is none. */
  earliest(streamId: string, id: string): number {
    if (this.#size === 0) return Infinity;
    return Math.min(earliestOf(this.#streams.get(streamId), id), earliestOf(this.#streams.get(EVERY), id));
  }
}

function earliestOf(ids: Ids | undefined, id: string): number {
  return ids === undefined ? Infinity : Math.min(ids.get(id) ?? Infinity, ids.get(EVERY) ?? Infinity);
}
