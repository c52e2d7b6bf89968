import { Shares } from '../../../limits/shares';

/** The holder of what is nobody's, which has no share of its own. */
export const NOBODY = '';

/** Told when a holder has its share of the queue, or is no longer near it; without a holder, of the whole queue. */
export type OnPressure = (full: boolean, holder: string | undefined) => void;

/** As much of the queue as one holder that is alone may fill. */
const MOST_OF_ONE = 3 / 4;

/**
 * How many bytes wait for the disk, and who has to wait before it sends more. A single write may be larger than the
 * queue; what a holder has beyond what one may fill is its own concern, and keeps nobody else out.
 */
export class QueuePressure {
  /** What counts of what each has. */
  readonly #shares: Shares;
  /** What each holder has. */
  readonly #held = new Map<string, number>();
  #bytes = 0;
  readonly #pausedHolders = new Set<string>();
  #isFull = false;
  #maxBytes: number;
  readonly #onPressure: OnPressure;

  /**
   * The queue is full from `maxBytes` until it has fallen to half of that, so that senders are not stopped and started
   * at every commit; so it is with each holder's share.
   */
  constructor(maxBytes: number, onPressure: OnPressure) {
    this.#maxBytes = maxBytes;
    this.#onPressure = onPressure;
    this.#shares = new Shares(maxBytes);
  }

  /** The size from which it is full from now on; whether it is, the next write or commit says. */
  resize(maxBytes: number): void {
    for (const [holder, bytes] of this.#held) this.#count(holder, { before: bytes, after: 0 });
    this.#maxBytes = maxBytes;
    this.#shares.resize(maxBytes);
    for (const [holder, bytes] of this.#held) this.#count(holder, { before: 0, after: bytes });
  }

  get bytes(): number {
    return this.#bytes;
  }

  heldBy(holder: string): number {
    return this.#held.get(holder) ?? 0;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** Whether a holder has its share; the queue may have room for others. */
  isFullFor(holder: string): boolean {
    return this.#isFull || (this.#pausedHolders.size > 0 && this.#pausedHolders.has(holder));
  }

  add(holder: string, bytes: number): void {
    this.#change(holder, bytes);
    if (holder !== NOBODY && this.#shares.saturation(holder) >= 1 && !this.#pausedHolders.has(holder)) {
      this.#pausedHolders.add(holder);
      this.#onPressure(true, holder);
    }
    if (this.#isFull || this.#shares.used < this.#maxBytes) return;
    this.#isFull = true;
    this.#onPressure(true, undefined);
  }

  release(held: ReadonlyMap<string, number>): void {
    for (const [holder, bytes] of held) this.#change(holder, -bytes);
    for (const holder of this.#pausedHolders) {
      if (this.#shares.saturation(holder) > 1 / 2) continue;
      this.#pausedHolders.delete(holder);
      this.#onPressure(false, holder);
    }
    if (!this.#isFull || this.#shares.used > this.#maxBytes / 2) return;
    this.#isFull = false;
    this.#onPressure(false, undefined);
  }

  #change(holder: string, bytes: number): void {
    const before = this.heldBy(holder);
    const after = before + bytes;
    this.#bytes += bytes;
    if (after > 0) this.#held.set(holder, after);
    else this.#held.delete(holder);
    this.#count(holder, { before, after });
  }

  /** Counts what a holder has as part of what all share. */
  #count(holder: string, { before, after }: { readonly before: number; readonly after: number }): void {
    const most = holder === NOBODY ? Infinity : MOST_OF_ONE * this.#maxBytes;
    const counted = Math.min(after, most) - Math.min(before, most);
    if (counted > 0) this.#shares.force(holder, counted);
    else if (counted < 0) this.#shares.release(holder, -counted);
  }
}
