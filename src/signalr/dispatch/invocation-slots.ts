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
  #slotted = 0;
  #slottedBytes = 0;
  #slotlessBytes = 0;
  readonly #limits: SlotLimits;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Whether as many run as may of those that count. */
  get slotsFull(): boolean {
    const { maximumParallelInvocations, maximumParallelInvocationBytes } = this.#limits;
    return this.#slotted >= maximumParallelInvocations || this.#slottedBytes >= maximumParallelInvocationBytes;
  }

  /** Whether as many run as may of those that do not count. */
  get slotlessFull(): boolean {
    const { maximumStreamsPerConnection, maximumParallelInvocationBytes } = this.#limits;
    const others = this.running - this.#slotted;
    return others >= maximumStreamsPerConnection || this.#slotlessBytes >= maximumParallelInvocationBytes;
  }

  /** One starts that came in so many bytes. */
  start(size: number, counts: boolean): void {
    this.running++;
    if (counts) this.#count(1, size);
    else this.#slotlessBytes += size;
  }

  /** One no longer counts. */
  release(size: number): void {
    this.#count(-1, -size);
    this.#slotlessBytes += size;
  }

  end(size: number, counts: boolean): void {
    this.running--;
    if (counts) this.#count(-1, -size);
    else this.#slotlessBytes -= size;
  }

  #count(invocations: number, bytes: number): void {
    this.#slotted += invocations;
    this.#slottedBytes += bytes;
  }
}
