import type { WriteNumber } from '../log-record';
import { writeOutcome, type WrittenOutcome } from './link-messages';

/** So many outcomes are known of what other hubs have written. */
const REMEMBERED = 65_536;

interface Remembered extends WriteNumber {
  readonly log: string;
  readonly outcome: WrittenOutcome;
}

/** What has become of the last writes of other hubs, for one that loses the hub which would have told it. */
export class OutcomeMemory {
  readonly #ring: Remembered[] = [];
  #next = 0;
  /** By log and writer, the number of the last write that was carried out. */
  readonly #last = new Map<string, Map<string, number>>();
  readonly #before: (log: string, writer: string) => number;

  /** `before`: the number of the last write of a writer that was carried out before this process began. */
  constructor(before: (log: string, writer: string) => number) {
    this.#before = before;
  }

  add(log: string, { writer, number }: WriteNumber, outcome: PromiseSettledResult<unknown>): WrittenOutcome {
    const written = writeOutcome(outcome);
    this.#ring[this.#next] = { log, writer, number, outcome: written };
    this.#next = (this.#next + 1) % REMEMBERED;
    const ofLog = this.#last.get(log);
    if (ofLog === undefined) this.#last.set(log, new Map([[writer, number]]));
    else ofLog.set(writer, number);
    return written;
  }

  /** What became of the writes of a writer to a log that were carried out, from a number on; by number. */
  find(log: string, writer: string, from: number): ReadonlyMap<number, WrittenOutcome> {
    const found = new Map<number, WrittenOutcome>();
    const last = this.#last.get(log)?.get(writer) ?? this.#before(log, writer);
    for (let number = from; number <= last; number++) found.set(number, { is: 'forgotten' });
    if (found.size === 0) return found;
    for (const each of this.#ring) {
      if (each.log === log && each.writer === writer && found.has(each.number)) found.set(each.number, each.outcome);
    }
    return found;
  }

  /** A log is there no more. */
  remove(log: string): void {
    this.#last.delete(log);
  }
}
