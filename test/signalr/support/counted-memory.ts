import type { BudgetRefusal, MemoryBudget } from '../../../src/signalr';

/** A budget whose every holder may have a half of it, and which remembers the most that was taken. */
export class CountedMemory implements MemoryBudget {
  used = 0;
  most = 0;
  readonly #held = new Map<string, number>();

  constructor(readonly size: number) {}

  take(holder: string, bytes: number): BudgetRefusal | undefined {
    const held = (this.#held.get(holder) ?? 0) + bytes;
    if (this.used + bytes > this.size) return 'full';
    if (held > this.size / 2) return 'share';
    this.#held.set(holder, held);
    this.used += bytes;
    this.most = Math.max(this.most, this.used);
    return undefined;
  }

  release(holder: string, bytes: number): void {
    this.used -= bytes;
    this.#held.set(holder, (this.#held.get(holder) ?? 0) - bytes);
    expect(this.#held.get(holder)).toBeGreaterThanOrEqual(0);
  }
}
