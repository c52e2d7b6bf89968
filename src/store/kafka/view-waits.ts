import type { Position } from '../contract/position';
import { toPlace } from '../sqlite/channel/offsets';

interface Waiter {
  readonly offset: number;
  readonly resolve: () => void;
}

/** How long a read waits for the view to come to where another hub has been already, milliseconds. */
const LONGEST = 5000;

/**
 * Has reads wait for what the view does not have yet: a position may come from a hub that is ahead. Whoever has waited
 * long enough is answered as if there were nothing to wait for.
 */
export class ViewWaits {
  /** Of topics that were written to since the start, or asked for. */
  readonly #ends = new Map<string, number>();
  readonly #endOf: (topic: string) => Promise<Position | undefined>;
  readonly #waiting = new Map<string, Set<Waiter>>();

  /** `endOf` gives where a topic ends in the view; `undefined`: there is no such topic. */
  constructor(endOf: (topic: string) => Promise<Position | undefined>) {
    this.#endOf = endOf;
  }

  /** The ends of topics in the view have moved. */
  advanced(ends: ReadonlyMap<string, Position>): void {
    for (const [topic, position] of ends) {
      const { offset } = toPlace(position);
      this.#ends.set(topic, offset);
      for (const waiter of this.#waiting.get(topic) ?? []) if (waiter.offset <= offset) waiter.resolve();
    }
  }

  removed(topic: string): void {
    this.#ends.delete(topic);
    for (const waiter of this.#waiting.get(topic) ?? []) waiter.resolve();
  }

  /** Resolves when the view has come to a position of a topic, or after some seconds. */
  async reached(topic: string, position: Position | undefined): Promise<void> {
    const offset = position === undefined ? undefined : offsetOf(position);
    if (offset === undefined) return;
    if (!this.#ends.has(topic)) await this.#find(topic);
    const end = this.#ends.get(topic);
    if (end === undefined || offset <= end) return;
    let waiter: Waiter | undefined;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LONGEST);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      waiter = { offset, resolve: done };
      this.#waiting.set(topic, (this.#waiting.get(topic) ?? new Set()).add(waiter));
    });
    const others = this.#waiting.get(topic);
    others?.delete(waiter!);
    if (others?.size === 0) this.#waiting.delete(topic);
  }

  async #find(topic: string): Promise<void> {
    const end = await this.#endOf(topic);
    // It may have moved meanwhile.
    if (end !== undefined && !this.#ends.has(topic)) this.#ends.set(topic, toPlace(end).offset);
  }
}

/** `undefined`: it is none, which whoever reads will be told. */
function offsetOf(position: Position): number | undefined {
  try {
    return toPlace(position).offset;
  } catch {
    return undefined;
  }
}
