import { fstatSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import type { Surroundings } from './surroundings';

/**
 * A progress bar on stderr: by bytes when the input is a file, else a count. Shows nothing when stderr is not a
 * terminal.
 */
export class SendProgress {
  readonly #bar: SingleBar | undefined;
  readonly #size: number;

  readonly #stderr: Surroundings['stderr'];

  constructor(stderr: Surroundings['stderr']) {
    this.#stderr = stderr;
    const input = fstatSync(0);
    this.#size = input.isFile() ? input.size : 0;
    if (stderr.isTTY !== true) return;
    const format = this.#size > 0 ? '{bar} {percentage}% | {events} events | {eta} s left' : '{events} events';
    this.#bar = new SingleBar({ format, stream: stderr, hideCursor: true });
    this.#bar.start(Math.max(this.#size, 1), 0, { events: 0 });
  }

  update(events: number, bytes: number): void {
    this.#bar?.update(Math.min(bytes, this.#size), { events });
  }

  /** Says on a line of its own what the server warns of. */
  warn(text: string): void {
    // The bar stands on a line that is not complete.
    this.#stderr.write(`${this.#bar === undefined ? '' : '\n'}warning: ${text}\n`);
  }

  stop(): void {
    this.#bar?.stop();
  }
}
