/** Why there is no more memory: its holder has its share, or there is none left for anybody. */
export type BudgetRefusal = 'share' | 'full';

/**
 * How many bytes may be held for clients, by whoever answers for them. Several servers, and other parts of a process,
 * may share one.
 */
export interface MemoryBudget {
  /** Takes this many bytes more for a holder. Returns why not, or `undefined` when they were taken. */
  take(holder: string, bytes: number): BudgetRefusal | undefined;
  /** Gives bytes back. */
  release(holder: string, bytes: number): void;
}

/** What anything may hold without being counted: every connection costs more than this by itself. */
const FREE_BYTES = 4 * 1024;
/** Bytes are taken and given back in steps of this size, so that most changes cost a comparison. */
export const ACCOUNT_STEP = 16 * 1024;

/** What one connection, or a part of it, has taken of a budget. */
export class MemoryAccount {
  #taken = 0;
  #closed = false;
  readonly #budget: MemoryBudget | undefined;
  readonly #holder: string;

  /** Without a budget nothing is counted. */
  constructor(budget: MemoryBudget | undefined, holder: string) {
    this.#budget = budget;
    this.#holder = holder;
  }

  /** Says how much is held now. Returns why that is too much; what was taken before is kept then. */
  update(bytes: number): BudgetRefusal | undefined {
    if (this.#budget === undefined || this.#closed) return undefined;
    const most = this.#taken + FREE_BYTES;
    if (bytes <= most && bytes + ACCOUNT_STEP > this.#taken) return undefined;
    const wanted = Math.max(0, Math.ceil((bytes - FREE_BYTES) / ACCOUNT_STEP)) * ACCOUNT_STEP;
    if (wanted > this.#taken) {
      const refusal = this.#budget.take(this.#holder, wanted - this.#taken);
      if (refusal !== undefined) return refusal;
    } else if (wanted < this.#taken) {
      this.#budget.release(this.#holder, this.#taken - wanted);
    }
    this.#taken = wanted;
    return undefined;
  }

  /** Gives everything back; nothing is counted any more. */
  close(): void {
    if (this.#taken > 0) this.#budget?.release(this.#holder, this.#taken);
    this.#taken = 0;
    this.#closed = true;
  }
}
