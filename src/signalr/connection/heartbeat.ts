import type { Clock } from '../clock';

/**
 * The one timer of a server, at which every duration is checked. Its time stands still while the process does: after a
 * sleep or a blocked event loop, peers get a chance to be heard before they time out.
 *
 * A duration begins at `now` and is checked at a beat: it may end late by an interval, and never early.
 */
export class Heartbeat {
  /** Milliseconds of this time at the last beat, and what the clock showed then. */
  #beat = 0;
  #last: number;
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #stop: () => void;

  constructor(clock: Clock, interval: number, onBeat: (now: number) => void) {
    this.#clock = clock;
    this.#interval = interval;
    this.#last = clock.now();
    this.#stop = clock.every(interval, () => {
      this.#beat = this.now;
      this.#last = clock.now();
      onBeat(this.#beat);
    });
  }

  /** Milliseconds. */
  get now(): number {
    return this.#beat + Math.min(this.#clock.now() - this.#last, 2 * this.#interval);
  }

  stop(): void {
    this.#stop();
  }
}
