import type { Clock } from '../clock';

/**
 * The one timer of a server, at which every duration is checked. Its time stands still while the process does: after a
 * sleep or a blocked event loop, peers get a chance to be heard before they time out.
 */
export class Heartbeat {
  /** Milliseconds at the last beat. */
  now = 0;
  #last: number;
  readonly #stop: () => void;

  constructor(clock: Clock, interval: number, onBeat: (now: number) => void) {
    this.#last = clock.now();
    this.#stop = clock.every(interval, () => {
      const now = clock.now();
      this.now += Math.min(now - this.#last, 2 * interval);
      this.#last = now;
      onBeat(this.now);
    });
  }

  stop(): void {
    this.#stop();
  }
}
