import { recordCount, type TopicState } from './topic-state';

/** Milliseconds over which a rate is taken. */
const WINDOW = 5000;

interface Sample {
  readonly at: number;
  readonly count: number;
}

/** How many events a second come to each topic, by the counts that the listing gives. */
export class TopicRates {
  readonly #samples = new Map<string, Sample[]>();
  readonly #now: () => number;

  /** `now`: milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  note(state: TopicState, before: TopicState | undefined): void {
    const count = recordCount(state);
    const samples = this.#samples.get(state.name) ?? [];
    if (samples.length === 0) {
      // Nothing is known of when what was there came.
      if (before === undefined) return;
      samples.push({ at: this.#now() - SHORTEST, count: recordCount(before) });
    }
    samples.push({ at: this.#now(), count });
    while (samples.length > 2 && samples[1]!.at < this.#now() - WINDOW) samples.shift();
    this.#samples.set(state.name, samples);
  }

  /** Events or rows a second over the last seconds; 0 when retention has taken more away than has come. */
  of(name: string): number {
    const now = this.#now();
    const samples = this.#samples.get(name) ?? [];
    const last = samples.at(-1);
    if (last === undefined || last.at < now - WINDOW) return 0;
    const first = samples.find(({ at }) => at >= now - WINDOW - SHORTEST) ?? last;
    const seconds = Math.max(now - first.at, SHORTEST) / 1000;
    return Math.max(0, (last.count - first.count) / seconds);
  }
}

/** The listing gathers changes for half a second; a second is the least for which a rate says something. */
const SHORTEST = 1000;
