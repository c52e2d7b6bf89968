import type { EventBatch } from './event-batches';

/** What became of a batch; `unknown`: the connection was lost before its answer came. */
export type BatchState = 'stored' | 'refused' | 'unknown';

interface Outcome {
  readonly batch: Pick<EventBatch, 'index' | 'firstEvent'> & { readonly lastEvent: number };
  readonly state: BatchState;
}

/** What became of the batches that were sent, which is told in their order. */
export class SendReport {
  readonly #outcomes: Outcome[] = [];
  #stored = 0;
  #failure: string | undefined;

  /** How many events are stored. */
  get stored(): number {
    return this.#stored;
  }

  /** Why the first batch that failed did, or the input. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** The first batch to be sent again; `undefined` when there is none. */
  get firstToRepeat(): number | undefined {
    return this.#outcomes.find(({ state }) => state !== 'stored')?.batch.index;
  }

  add({ index, firstEvent, events }: EventBatch, state: BatchState, reason?: string): void {
    this.#outcomes.push({ batch: { index, firstEvent, lastEvent: firstEvent + events.length - 1 }, state });
    if (state === 'stored') this.#stored += events.length;
    else this.fail(`events ${firstEvent} to ${firstEvent + events.length - 1} of the input: ${reason ?? state}`);
  }

  fail(reason: string): void {
    this.#failure ??= reason;
  }

  /** Which events of the input are stored, which are not, and of which nobody knows: `events 1 to 40 are stored`. */
  describe(): string {
    const ranges: { first: number; last: number; state: BatchState }[] = [];
    for (const { batch, state } of this.#outcomes) {
      const range = ranges.at(-1);
      if (range?.state === state && range.last + 1 === batch.firstEvent) range.last = batch.lastEvent;
      else ranges.push({ first: batch.firstEvent, last: batch.lastEvent, state });
    }
    return ranges.map(({ first, last, state }) => `events ${first} to ${last} ${MEANINGS[state]}`).join('\n');
  }
}

const MEANINGS: Readonly<Record<BatchState, string>> = {
  stored: 'are stored',
  refused: 'are not stored',
  unknown: 'may be stored or not',
};
