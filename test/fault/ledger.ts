import type { ReadEvent } from '../../bench/support/writer-hub-server';

type Outcome = 'unanswered' | 'acknowledged' | 'refused';

/** One batch as its sender sees it. */
interface SentBatch {
  readonly size: number;
  /** Which run of the server it was sent to. */
  readonly run: number;
  outcome: Outcome;
}

/** What was counted while reading back, and what was wrong; the promise is kept if all faults are zero. */
export interface Findings {
  readonly events: number;
  readonly acknowledged: number;
  readonly unanswered: number;
  /** Unanswered batches that are stored whole. */
  readonly storedUnanswered: number;
  readonly refused: number;
  readonly faults: {
    /** Acknowledged batches that are not there. */
    readonly lost: number;
    /** Batches of which only some events are there. */
    readonly partial: number;
    /** Events that are there more than once. */
    readonly repeated: number;
    /** Events that do not follow the one read before them, by sending or by offset. */
    readonly disordered: number;
    /** Refused batches that are there. */
    readonly storedRefused: number;
    /** Batches that are there although an earlier one of the same stream and run is not. */
    readonly overtaking: number;
    /** Events that were never sent. */
    readonly unknown: number;
  };
}

/** Everything sent to one stream, in order of sending. The value of each event is `batch/index`. */
export class StreamLedger {
  readonly batches: SentBatch[] = [];

  constructor(readonly stream: string) {}

  /** Adds a batch of `size` events; returns its number and the JSON text of its events. */
  write(size: number, run: number): { batch: number; json: string } {
    const batch = this.batches.push({ size, run, outcome: 'unanswered' }) - 1;
    const events = Array.from({ length: size }, (_, index) => {
      const timestamp = 1_700_000_000_000_000_000n + BigInt(batch) * 1_000_000n + BigInt(index);
      return `{"id":"fault","timestamp":${timestamp},"value":"${batch}/${index}","tags":{"stream":"${this.stream}"}}`;
    });
    return { batch, json: `[${events.join(',')}]` };
  }

  answer(batch: number, outcome: 'acknowledged' | 'refused'): void {
    const sent = this.batches[batch];
    if (sent?.outcome !== 'unanswered')
      throw new Error(`batch ${batch} of ${this.stream} was answered twice, or never sent`);
    sent.outcome = outcome;
  }
}

/** Compares what is read back from one stream with its ledger. */
export class StreamCheck {
  /** For each batch, how often the event with each index was read. */
  readonly #seen = new Map<number, Uint8Array>();
  #previous = { batch: -1, index: -1, offset: '0' };
  #events = 0;
  #disordered = 0;
  #unknown = 0;
  readonly #ledger: StreamLedger;

  constructor(ledger: StreamLedger) {
    this.#ledger = ledger;
  }

  /** The offset up to which the stream has been read. */
  get offset(): string {
    return this.#previous.offset;
  }

  /** Checks the next event of the stream. */
  accept({ value, offset }: ReadEvent): void {
    this.#events++;
    const [batch = Number.NaN, index = Number.NaN] = value.split('/').map(Number);
    const size = this.#ledger.batches[batch]?.size ?? 0;
    if (!(index < size)) {
      this.#unknown++;
      return;
    }
    const counts = this.#seen.get(batch) ?? new Uint8Array(size);
    counts[index]!++;
    this.#seen.set(batch, counts);
    const previous = this.#previous;
    const follows = batch > previous.batch || (batch === previous.batch && index > previous.index);
    if (!follows || Number(offset) <= Number(previous.offset)) this.#disordered++;
    this.#previous = { batch, index, offset };
  }

  findings(): Findings {
    const stored = this.#ledger.batches.map((_, batch) => this.#seen.get(batch));
    const count = (which: (sent: SentBatch, counts: Uint8Array | undefined) => boolean): number =>
      this.#ledger.batches.filter((sent, batch) => which(sent, stored[batch])).length;
    return {
      events: this.#events,
      acknowledged: count(({ outcome }) => outcome === 'acknowledged'),
      unanswered: count(({ outcome }) => outcome === 'unanswered'),
      storedUnanswered: count(
        ({ outcome }, counts) => outcome === 'unanswered' && counts?.every((times) => times > 0) === true,
      ),
      refused: count(({ outcome }) => outcome === 'refused'),
      faults: {
        lost: count(({ outcome }, counts) => outcome === 'acknowledged' && counts === undefined),
        partial: count((_, counts) => counts?.includes(0) === true),
        repeated: [...this.#seen.values()].reduce((sum, counts) => sum + counts.filter((times) => times > 1).length, 0),
        disordered: this.#disordered,
        storedRefused: count(({ outcome }, counts) => outcome === 'refused' && counts !== undefined),
        overtaking: this.#overtaking(),
        unknown: this.#unknown,
      },
    };
  }

  #overtaking(): number {
    let lostRun = -1;
    let found = 0;
    this.#ledger.batches.forEach(({ run, outcome }, batch) => {
      if (this.#seen.has(batch)) found += run === lostRun ? 1 : 0;
      else if (outcome !== 'refused') lostRun = run;
    });
    return found;
  }
}

/** Adds up the findings of several streams. */
export function sum(all: readonly Findings[]): Findings {
  const total = (count: (findings: Findings) => number): number =>
    all.reduce((before, findings) => before + count(findings), 0);
  return {
    events: total((one) => one.events),
    acknowledged: total((one) => one.acknowledged),
    unanswered: total((one) => one.unanswered),
    storedUnanswered: total((one) => one.storedUnanswered),
    refused: total((one) => one.refused),
    faults: {
      lost: total((one) => one.faults.lost),
      partial: total((one) => one.faults.partial),
      repeated: total((one) => one.faults.repeated),
      disordered: total((one) => one.faults.disordered),
      storedRefused: total((one) => one.faults.storedRefused),
      overtaking: total((one) => one.faults.overtaking),
      unknown: total((one) => one.faults.unknown),
    },
  };
}

/** The number of faults of all kinds. */
export function faultCount({ faults }: Findings): number {
  return Object.values(faults).reduce((before: number, count: number) => before + count, 0);
}
