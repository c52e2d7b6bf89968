/** Why a holder gets no more: it has its share, or there is no more for anybody. */
export type ShareRefusal = 'share' | 'full';

/** Told of every refusal, for the log and the metrics. `holder` is whom it strikes. */
export type OnShareRefused = (refusal: ShareRefusal, holder: string) => void;

/**
 * How many times what is left a holder may have itself. With 3, one holder alone gets three quarters of everything, two
 * get three sevenths each, and there is always something left for the next one.
 */
const GREED = 3;

/** Whether a holder may have `held` of something while `free` of it is left. */
export function isShare(held: number, free: number): boolean {
  return held <= GREED * free;
}

/**
 * Something scarce that many holders use: bytes, places. Each may have so many times what is left free (dynamic
 * thresholds, as switches share their packet memory: Choudhury and Hahne, "Dynamic Queue Length Thresholds for
 * Shared-Memory Packet Switches", 1998). So whoever is alone gets most of it, and nobody can take all.
 */
export class Shares {
  #max: number;
  readonly #onRefused: OnShareRefused;
  readonly #held = new Map<string, number>();
  #used = 0;

  /** `max`: how much there is for all holders together. */
  constructor(max: number, onRefused: OnShareRefused = ignore) {
    this.#max = max;
    this.#onRefused = onRefused;
  }

  /** There is more or less from now on. What holders have stays theirs. */
  resize(max: number): void {
    this.#max = max;
  }

  /** How much all holders have together. */
  get used(): number {
    return this.#used;
  }

  /** How much one holder has. */
  heldBy(holder: string): number {
    return this.#held.get(holder) ?? 0;
  }

  /** Takes this much more for a holder. Returns why not, or `undefined` when it was taken. */
  take(holder: string, amount: number): ShareRefusal | undefined {
    const held = this.heldBy(holder);
    const refusal = this.#refusal(held, amount);
    if (refusal !== undefined) {
      this.#onRefused(refusal, holder);
      return refusal;
    }
    this.#used += amount;
    this.#held.set(holder, held + amount);
    return undefined;
  }

  /** Counts this much more for a holder, whether it has its share or not: it is there already. */
  force(holder: string, amount: number): void {
    this.#used += amount;
    this.#held.set(holder, this.heldBy(holder) + amount);
  }

  /** What a holder has, as a part of what it may have: more than 1 when it has more than its share. */
  saturation(holder: string): number {
    const held = this.heldBy(holder);
    return held === 0 ? 0 : held / Math.max(0, GREED * (this.#max - this.#used));
  }

  release(holder: string, amount: number): void {
    this.#used -= amount;
    const left = this.heldBy(holder) - amount;
    if (left > 0) this.#held.set(holder, left);
    else this.#held.delete(holder);
  }

  /** A holder that has nothing gets whatever there is. */
  #refusal(held: number, amount: number): ShareRefusal | undefined {
    const free = this.#max - this.#used - amount;
    if (free >= 0 && (held === 0 || isShare(held + amount, free))) return undefined;
    const equalShare = this.#max / (this.#held.size + 1);
    return held > equalShare ? 'share' : 'full';
  }
}

function ignore(): void {
  // Nobody wants to know.
}
