/** Twenty drawings a second are more than anybody reads, and leave the rest of the time to what comes. */
const LEAST_BETWEEN_MS = 45;

/** What the pace stands on: `requestAnimationFrame` and `cancelAnimationFrame`, for tests to replace. */
export interface Frames {
  request(callback: (milliseconds: number) => void): number;
  cancel(frame: number): void;
}

/**
 * Draws when something has changed, at most once a frame and twenty times a second. A hidden tab has no frames, so
 * nothing is drawn there; what was asked for meanwhile is drawn with its next one.
 */
export class DrawPace {
  readonly #frames: Frames;
  readonly #draw: () => void;
  #frame: number | undefined;
  #drawnAt = -Infinity;

  constructor(frames: Frames, draw: () => void) {
    this.#frames = frames;
    this.#draw = draw;
  }

  ask(): void {
    this.#frame ??= this.#frames.request(this.#onFrame);
  }

  stop(): void {
    if (this.#frame !== undefined) this.#frames.cancel(this.#frame);
    this.#frame = undefined;
  }

  readonly #onFrame = (milliseconds: number): void => {
    this.#frame = undefined;
    if (milliseconds - this.#drawnAt < LEAST_BETWEEN_MS) {
      this.ask();
      return;
    }
    this.#drawnAt = milliseconds;
    this.#draw();
  };
}
