/** How many invocations of a connection may run at once. */
export interface SlotLimits {
  readonly maximumParallelInvocations: number;
  readonly maximumParallelInvocationBytes: number;
  readonly maximumStreamsPerConnection: number;
}

/**
 * The invocations of one connection that have started and not completed, besides those that answer with a stream. Some count as
 * parallel ones; those that take a stream or have waited for the client do not, but are bounded as well.
 */
export class InvocationSlots {
  running = 0;
  #counted = 0;
  #countedBytes = 0;
  #otherBytes = 0;
  readonly #limits: SlotLimits;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Whether as many run as may of those that count. */
  get full(): boolean {
    const { maximumParallelInvocations, maximumParallelInvocationBytes } = this.#limits;
    return this.#counted >= maximumParallelInvocations || this.#countedBytes >= maximumParallelInvocationBytes;
  }

  /** Whether as many run as may of those that do not count. */
  get crowded(): boolean {
    const { maximumStreamsPerConnection, maximumParallelInvocationBytes } = this.#limits;
    const others = this.running - this.#counted;
    return others >= maximumStreamsPerConnection || this.#otherBytes >= maximumParallelInvocationBytes;
  }

  /** One starts that came in so many bytes. */
  start(size: number, counts: boolean): void {
    this.running++;
    if (counts) this.#count(1, size);
    else this.#otherBytes += size;
  }

  /** One no longer counts. */
  release(size: number): void {
    this.#count(-1, -size);
    this.#otherBytes += size;
  }

  end(size: number, counts: boolean): void {
    this.running--;
    if (counts) this.#count(-1, -size);
    else this.#otherBytes -= size;
  }

  #count(invocations: number, bytes: number): void {
    this.#counted += invocations;
    this.#countedBytes += bytes;
  }
}
