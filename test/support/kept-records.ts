/** What is known of each event or row of a topic for its retention. */
interface KeptRecord {
  readonly bytes: number;
  readonly storedAt: number;
}

/** A retention; what is absent or 0 does not limit anything. */
interface Limits {
  readonly age?: number | undefined;
  readonly bytes?: number | undefined;
}

/** Which of the events or rows of a topic are kept, for a store that has them all in memory. */
export class KeptRecords {
  retention: Limits = {};
  /** How many are gone from the front. */
  gone = 0;
  /** When the last of all was stored. */
  storedAt: number | undefined;
  readonly #records: KeptRecord[] = [];
  readonly #onGone: (gone: number) => void;

  /** `onGone` is called when more are gone. */
  constructor(onGone: (gone: number) => void) {
    this.#onGone = onGone;
  }

  get bytes(): number {
    return this.#records.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** How many of those that are kept were stored before a time. */
  countBefore(time: number): number {
    const first = this.#records.findIndex(({ storedAt }) => storedAt >= time);
    return first < 0 ? this.#records.length : first;
  }

  add(record: KeptRecord): void {
    this.#records.push(record);
    this.storedAt = record.storedAt;
  }

  /** Whether not even the last one would be kept. */
  wouldBeEmpty({ age = 0, bytes = 0 }: Limits, now: number): boolean {
    const last = this.#records.at(-1);
    if (last === undefined) return false;
    return (age > 0 && last.storedAt <= now - age) || (bytes > 0 && last.bytes > bytes);
  }

  /** Lets those go that are not kept at this time. */
  sweep(now: number): void {
    const { age = 0, bytes = 0 } = this.retention;
    const isOld = ({ storedAt }: KeptRecord): boolean => age > 0 && storedAt <= now - age;
    while (this.#records.length > 0 && (isOld(this.#records[0]!) || (bytes > 0 && this.bytes > bytes))) this.#drop(1);
  }

  removeAll(): void {
    this.#drop(this.#records.length);
  }

  #drop(count: number): void {
    this.#records.splice(0, count);
    this.gone += count;
    this.#onGone(this.gone);
  }
}
