import type { ReadEvent } from '../../bench/support/writer-hub';

type Fate = 'unanswered' | 'acknowledged' | 'refused';

/** One batch as its sender knows it. */
interface SentBatch {
  readonly size: number;
  /** Which life of the server it was sent to. */
  readonly life: number;
  fate: Fate;
}

/** What is wrong with what was read back, and what was counted on the way; all faults zero means the promise was kept. */
export interface Findings {
  readonly events: number;
  readonly acknowledged: number;
  readonly unanswered: number;
  /** Batches without an answer that are stored whole. */
  readonly storedUnanswered: number;
  readonly refused: number;
  readonly faults: {
    /** Acknowledged batches that are not there. */
    readonly lost: number;
    /** Batches of which only some events are there. */
    readonly torn: number;
    /** Events that are there more than once. */
    readonly repeated: number;
    /** Events that do not follow the one read before them, by sending or by offset. */
    readonly disordered: number;
    /** Batches that were refused and are there. */
    readonly storedRefused: number;
    /** Batches that are there although one sent before them to the same stream in the same life is not. */
    readonly overtaking: number;
    /** Events nobody sent. */
    readonly unknown: number;
  };
}

/** Everything sent to one stream, in order of sending. Each event's value says `batch/index`. */
export class StreamLedger {
  readonly batches: SentBatch[] = [];

  constructor(readonly stream: string) {}

  /** Notes a batch of this size and answers its number and the JSON text of its events. */
  write(size: number, life: number): { batch: number; json: string } {
    const batch = this.batches.push({ size, life, fate: 'unanswered' }) - 1;
    const events = Array.from({ length: size }, (_, index) => {
      const timestamp = 1_700_000_000_000_000_000n + BigInt(batch) * 1_000_000n + BigInt(index);
      return `{"id":"fault","timestamp":${timestamp},"value":"${batch}/${index}","tags":{"stream":"${this.stream}"}}`;
    });
    return { batch, json: `[${events.join(',')}]` };
  }

  answer(batch: number, fate: 'acknowledged' | 'refused'): void {
    const sent = this.batches[batch];
    if (sent?.fate !== 'unanswered')
      throw new Error(`batch ${batch} of ${this.stream} was answered twice, or never sent`);
    sent.fate = fate;
  }
}

/** Holds what is read back from one stream against its ledger. */
export class StreamCheck {
  /** Read events of each batch, by index: how often each was seen. */
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

  /** Takes the next event of the stream. */
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
      acknowledged: count(({ fate }) => fate === 'acknowledged'),
      unanswered: count(({ fate }) => fate === 'unanswered'),
      storedUnanswered: count(
        ({ fate }, counts) => fate === 'unanswered' && counts?.every((times) => times > 0) === true,
      ),
      refused: count(({ fate }) => fate === 'refused'),
      faults: {
        lost: count(({ fate }, counts) => fate === 'acknowledged' && counts === undefined),
        torn: count((_, counts) => counts?.includes(0) === true),
        repeated: [...this.#seen.values()].reduce((sum, counts) => sum + counts.filter((times) => times > 1).length, 0),
        disordered: this.#disordered,
        storedRefused: count(({ fate }, counts) => fate === 'refused' && counts !== undefined),
        overtaking: this.#overtaking(),
        unknown: this.#unknown,
      },
    };
  }

  #overtaking(): number {
    let lostLife = -1;
    let found = 0;
    this.#ledger.batches.forEach(({ life, fate }, batch) => {
      if (this.#seen.has(batch)) found += life === lostLife ? 1 : 0;
      else if (fate !== 'refused') lostLife = life;
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
      torn: total((one) => one.faults.torn),
      repeated: total((one) => one.faults.repeated),
      disordered: total((one) => one.faults.disordered),
      storedRefused: total((one) => one.faults.storedRefused),
      overtaking: total((one) => one.faults.overtaking),
      unknown: total((one) => one.faults.unknown),
    },
  };
}

/** How many faults there are of all kinds. */
export function faultCount({ faults }: Findings): number {
  return Object.values(faults).reduce((before: number, count: number) => before + count, 0);
}
