import { write, writeSync } from 'node:fs';
import { pino, type Logger } from 'pino';

export type { Logger };

/** Bytes of lines that wait at the most; what comes on top is dropped. */
const MOST_WAITING = 1024 * 1024;

/** How long a pipe that is full is left alone, in milliseconds. */
const PIPE_PAUSE = 50;

/**
 * Lines on their way to a file descriptor, written in the background. A log that cannot be written, on a full disk for one, costs
 * its lines and nothing else: the server goes on.
 */
class LogOutput {
  #waiting = '';
  #busy = false;
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;

    process.on('exit', () => {
      this.#flush();
    });
  }

  write(line: string): void {
    if (this.#waiting.length > MOST_WAITING) return;
    this.#waiting += line;
    if (this.#busy) return;
    this.#busy = true;
    setImmediate(() => {
      this.#writeOut(Buffer.from(this.#take()));
    });
  }

  #take(): string {
    const text = this.#waiting;
    this.#waiting = '';
    return text;
  }

  #writeOut(bytes: Buffer): void {
    write(this.#descriptor, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => {
          this.#writeOut(bytes);
        }, PIPE_PAUSE);
        return;
      }
      const rest = error === null ? bytes.subarray(written) : Buffer.alloc(0);
      const next = rest.length > 0 ? rest : Buffer.from(this.#take());
      if (next.length > 0) this.#writeOut(next);
      else this.#busy = false;
    });
  }

  #flush(): void {
    try {
      writeSync(this.#descriptor, this.#take());
    } catch {
      // The process ends now, and there is nowhere to say that its last lines are lost.
    }
  }
}

/**
 * JSON lines on stderr, so that stdout stays free for what a command prints. Nothing that is logged may hold a token or a payload:
 * requests are logged by their path alone.
 */
export function createLogger(level: string, descriptor = 2): Logger {
  return pino(
    { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    new LogOutput(descriptor),
  );
}
