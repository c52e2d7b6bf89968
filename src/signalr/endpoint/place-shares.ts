import type { BudgetRefusal } from '../transports/memory-account';

/**
 * How many times what is left a holder may have itself. With 3, one holder alone gets three quarters of all places, two
 * get three sevenths each, and there is always something left for the next one. (Choudhury and Hahne, "Dynamic Queue
 * Length Thresholds for Shared-Memory Packet Switches", 1998.)
 */
const GREED = 3;

/** A number of places that all holders share. Who names no holder is bound by nothing but their number. */
export class PlaceShares {
  #used = 0;
  readonly #held = new Map<string, number>();
  #places: number;
  readonly #shared: boolean;

  /** `shared`: whether a holder is refused before all places are taken. */
  constructor(places: number, shared: boolean) {
    this.#places = places;
    this.#shared = shared;
  }

  /** There are more or fewer from now on. Whoever has one keeps it. */
  resize(places: number): void {
    this.#places = places;
  }

  get used(): number {
    return this.#used;
  }

  /** Why a holder gets no place; `undefined` when it gets one. */
  refusal(holder: string | undefined): BudgetRefusal | undefined {
    if (this.#used >= this.#places) return 'full';
    const held = this.#shared && holder !== undefined ? (this.#held.get(holder) ?? 0) : 0;
    // Whoever has none gets one as long as there is one.
    return held > 0 && held + 1 > GREED * (this.#places - this.#used - 1) ? 'share' : undefined;
  }

  take(holder: string | undefined): void {
    this.#used++;
    if (holder !== undefined) this.#held.set(holder, (this.#held.get(holder) ?? 0) + 1);
  }

  release(holder: string | undefined): void {
    this.#used--;
    if (holder === undefined) return;
    const left = (this.#held.get(holder) ?? 0) - 1;
    if (left > 0) this.#held.set(holder, left);
    else this.#held.delete(holder);
  }
}
