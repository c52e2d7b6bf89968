import { statSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import type { Surroundings } from '../surroundings';

/** How often it is looked how far a copy has come (milliseconds). */
const LOOK_EVERY = 200;

/** A progress bar on stderr of a file that grows; nothing where stderr is not a terminal. */
export class CopyProgress {
  readonly #stderr: Surroundings['stderr'];
  #bar: SingleBar | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(stderr: Surroundings['stderr']) {
    this.#stderr = stderr;
  }

  start(file: string, bytes: number): void {
    if (this.#stderr.isTTY !== true) return;
    this.#bar = new SingleBar({
      format: '{bar} {percentage}%',
      stream: this.#stderr,
      hideCursor: true,
      clearOnComplete: true,
    });
    this.#bar.start(Math.max(1, bytes), 0);
    this.#timer = setInterval(() => {
      this.#bar?.update(Math.min(bytes, statSync(file, { throwIfNoEntry: false })?.size ?? 0));
    }, LOOK_EVERY);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#bar?.stop();
  }
}
