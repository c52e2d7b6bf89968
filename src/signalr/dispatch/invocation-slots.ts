/** How many invocations of a connection may run at once. */
export interface SlotLimits {
  readonly maximumParallelInvocations: number;
  readonly maximumParallelInvocationBytes: number;
  readonly maximumStreamsPerConnection: number;
}

/**
 * Counts the running invocations of one connection, except those that return a stream. Most take one of the slots for
 * parallel invocations. Those that take an upload stream or wait for a result of the client have none, but are bounded
 * too.
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

  /** Whether every slot is taken. */
  get slotsFull(): boolean {
    const { maximumParallelInvocations, maximumParallelInvocationBytes } = this.#limits;
    return this.#slotted >= maximumParallelInvocations || this.#slottedBytes >= maximumParallelInvocationBytes;
  }

  /** Whether as many invocations without a slot are running as may. */
  get slotlessLimitReached(): boolean {
    const { maximumStreamsPerConnection, maximumParallelInvocationBytes } = this.#limits;
    const others = this.running - this.#slotted;
    return others >= maximumStreamsPerConnection || this.#slotlessBytes >= maximumParallelInvocationBytes;
  }

  /** An invocation starts whose message had `size` bytes. */
  start(size: number, counts: boolean): void {
    this.running++;
    if (counts) this.#count(1, size);
    else this.#slotlessBytes += size;
  }

  /** A running invocation gives up its slot. */
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
