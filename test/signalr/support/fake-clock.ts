import type { Clock } from '../../../src/signalr/clock';

interface Timer {
  readonly interval: number;
  readonly action: () => void;
  due: number;
}

/** A clock that stands still until it is advanced; its timers then fire in order. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  date(): number {
    return Date.UTC(2030, 0, 1) + this.#now;
  }

  every(interval: number, action: () => void): () => void {
    const timer = { interval, action, due: this.#now + interval };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  get timers(): number {
    return this.#timers.size;
  }

  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.due - b.due)[0];
      if (next === undefined || next.due > end) break;
      this.#now = next.due;
      next.due += next.interval;
      next.action();
    }
    this.#now = end;
  }
}
