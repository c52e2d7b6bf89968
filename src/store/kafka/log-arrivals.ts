import { WriterHubError } from '../../errors';
import type { Change } from '../sqlite/channel/messages';
import type { LogState, StoredRecord } from './log-cluster';
import { linesOf, partOf, StateParts } from './state-records';

/** Records that are kept in memory until the state has come that they follow have so many bytes at the most. */
const MOST_HELD = 1024 * 1024 * 1024;

type Restatement = Extract<Change, { readonly kind: 'restate' }>;

/** What it is made of. */
export interface LogArrivalsParts {
  /** The log that is never cut. */
  readonly catalogue: string;
  /** The offset that the view carries out next; `undefined`: it has nothing to do with the log. */
  next(log: string): number | undefined;
  /** The topic that a log is of; `undefined`: there is no such topic any more. */
  topicOf(log: string): string | undefined;
  /** How a log is now. */
  ask(log: string): Promise<LogState>;
  /** Has the view take what a topic was at an offset of its log, behind all that was passed on. */
  restate(log: string, offset: number, change: Restatement): Promise<void>;
  /** Told that a view goes on with what a log says that its topic was. */
  onRestated(log: string, offset: number): void;
}

/** A log whose beginning is gone, until it has said what its topic was there. */
interface Held {
  /** Of the first record that is there. */
  readonly start: number;
  /** What is to say it was there before this offset. */
  readonly end: number;
  readonly records: StoredRecord[];
  readonly parts: StateParts;
  bytes: number;
}

/**
 * Watches that the records of each log follow one another. What is not there any more, because the log was cut, is made
 * up for by the state that lies behind the cut; where there is none, records have been lost, and nothing goes on.
 */
export class LogArrivals {
  /** The offset that comes next, of each log. */
  readonly #expected = new Map<string, number>();
  readonly #held = new Map<string, Held>();
  #passed: Promise<unknown> = Promise.resolve();
  readonly #parts: LogArrivalsParts;

  constructor(parts: LogArrivalsParts) {
    this.#parts = parts;
  }

  /** A log begins behind what the view has. Throws `store_unavailable` when it cannot say what its topic was. */
  hold(log: string, { start, end }: LogState): void {
    const next = this.#parts.next(log);
    if (log === this.#parts.catalogue || start >= end) throw lost(log, next ?? 0, start);
    this.#expected.set(log, start);
    this.#held.set(log, { start, end, records: [], parts: new StateParts(), bytes: 0 });
  }

  /**
   * Gives what can be carried out now, in the order of the calls. Rejects with `store_unavailable` when records have
   * been lost.
   */
  pass(records: readonly StoredRecord[]): Promise<readonly StoredRecord[]> {
    const passed = this.#passed.then(() => (this.#isPlain(records) ? records : this.#sort(records)));
    this.#passed = passed.catch(ignore);
    return passed;
  }

  /** Whether all of them are what comes next, as they nearly always are. */
  #isPlain(records: readonly StoredRecord[]): boolean {
    if (this.#held.size > 0) return false;
    const ends = new Map<string, number>();
    for (const { log, offset } of records) {
      const expected = ends.get(log) ?? this.#next(log);
      if (expected !== undefined && expected !== offset) return false;
      ends.set(log, offset + 1);
    }
    for (const [log, end] of ends) this.#expected.set(log, end);
    return true;
  }

  #next(log: string): number | undefined {
    const next = this.#parts.next(log);
    if (next !== undefined) return this.#expected.get(log) ?? next;
    this.#expected.delete(log);
    this.#held.delete(log);
    return undefined;
  }

  async #sort(records: readonly StoredRecord[]): Promise<readonly StoredRecord[]> {
    const passed: StoredRecord[] = [];
    for (const record of records) {
      if (!(await this.#isNext(record))) continue;
      const held = this.#held.get(record.log);
      if (held === undefined) passed.push(record);
      else passed.push(...(await this.#keep(record, held)));
    }
    return passed;
  }

  /** Whether a record is to be carried out; what came before it and is gone is noted. */
  async #isNext({ log, offset }: StoredRecord): Promise<boolean> {
    const expected = this.#next(log);
    if (expected !== undefined && offset !== expected) {
      const state = await this.#parts.ask(log);
      if (state.end < expected) throw shortened(log, expected, state.end);
      if (state.start > expected) this.hold(log, state);
      if (offset < Math.max(expected, state.start)) return false;
      // Else there is nothing between them: what ends a transaction has an offset, and does not come.
    }
    this.#expected.set(log, offset + 1);
    return true;
  }

  /** Keeps a record; gives all that is kept when the state has come. */
  async #keep(record: StoredRecord, held: Held): Promise<readonly StoredRecord[]> {
    const { log, offset, value } = record;
    const topic = this.#parts.topicOf(log);
    if (topic === undefined) {
      this.#held.delete(log);
      return [];
    }
    held.records.push(record);
    held.bytes += value?.length ?? 0;
    const part = partOf(record, topic);
    const texts = part?.asOf === held.start ? held.parts.add(part) : undefined;
    if (texts !== undefined) {
      await this.#restate(log, topic, held, texts);
      return held.records;
    }
    if (offset + 1 >= held.end || held.bytes > MOST_HELD) throw lost(log, this.#parts.next(log) ?? 0, held.start);
    return [];
  }

  async #restate(log: string, topic: string, { start }: Held, texts: readonly string[]): Promise<void> {
    const state = await linesOf(texts);
    await this.#parts.restate(log, start, { kind: 'restate', topic, log, state });
    this.#held.delete(log);
    this.#parts.onRestated(log, start);
  }
}

function lost(log: string, next: number, start: number): WriterHubError {
  const which = next >= start ? `those before ${start}` : `those from ${next} to ${start - 1}`;
  return new WriterHubError(
    'store_unavailable',
    `records of the Kafka topic ${log} are gone, ${which}, and it does not say what they came to: somebody else has deleted them`,
  );
}

function shortened(log: string, expected: number, end: number): WriterHubError {
  return new WriterHubError(
    'store_unavailable',
    `the view has ${expected} records of the Kafka topic ${log}, and the cluster ${end}: it has lost some`,
  );
}

function ignore(): void {
  // Whoever called is told.
}
