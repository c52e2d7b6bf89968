import { write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { pino, type Logger } from 'pino';
import { readableLine } from './log-lines';

export type { Logger };

/** How much text may be waiting to be written, in UTF-16 units; lines beyond that are dropped. */
const MAX_WAITING = 1024 * 1024;

/** Pause before writing to a full pipe again, in milliseconds. */
const PIPE_PAUSE = 50;

/**
 * Writes lines to a file descriptor in the background. When they cannot be written, for example on a full disk, the
 * lines are lost and the server goes on.
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
    if (this.#waiting.length > MAX_WAITING) return;
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
      // The process is ending, and there is nowhere left to report that its last lines are lost.
    }
  }
}

/** How lines are written, and where. */
export interface LogTarget {
  /** `pretty`: for people; `auto`: for people on a terminal, else JSON (default `json`). */
  readonly format?: 'auto' | 'pretty' | 'json';
  /** File descriptor (default: stderr). */
  readonly descriptor?: number;
}

/**
 * Logs lines to stderr, so that stdout stays free for what a command prints. Log lines must not hold tokens or
 * payloads: of a request's URL only the path is logged.
 */
export function createLogger(level: string, { format = 'json', descriptor = 2 }: LogTarget = {}): Logger {
  const output = new LogOutput(descriptor);
  const isTerminal = isatty(descriptor);
  // https://no-color.org
  const withColours = isTerminal && (process.env['NO_COLOR'] ?? '') === '';
  const readable = {
    write: (line: string): void => {
      output.write(readableLine(line, withColours));
    },
  };
  return pino(
    { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    format === 'pretty' || (format === 'auto' && isTerminal) ? readable : output,
  );
}
