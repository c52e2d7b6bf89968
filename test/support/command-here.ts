import { EventEmitter, once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { runCommand } from '../../src/cli/run-command';
import type { Outcome } from './command';
import { atEnd } from './test-hub';

/** What a command is given besides its arguments. */
export interface Given {
  readonly env?: Record<string, string>;
  readonly input?: string | Buffer;
  /** Whether it prints on a terminal. */
  readonly terminal?: boolean;
}

/**
 * A `writer-hub` command within this process, which is quick. What only a process has, such as signals and pipes, is
 * tested with `Command`.
 */
export class CommandHere {
  stdout = '';
  stderr = '';
  readonly #ended: Promise<number>;
  readonly #changes = new EventEmitter();
  readonly #signals = new EventEmitter();
  #isOver = false;

  constructor(args: readonly string[], { env = {}, input = '', terminal = false }: Given = {}) {
    const stdin = Readable.from(input.length === 0 ? [] : [Buffer.from(input)]);
    const [stdout, stderr] = [this.#kept('stdout', terminal), this.#kept('stderr', false)];
    const once = (signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown => this.#signals.once(signal, listener);
    this.#ended = runCommand(args, { env, stdin, stdout, stderr, once }).finally(() => {
      this.#isOver = true;
      this.#changes.emit('change');
    });
    atEnd(async () => {
      this.interrupt();
      await this.#ended;
    });
  }

  #kept(where: 'stdout' | 'stderr', isTTY: boolean): Writable & { readonly isTTY: boolean } {
    const write = (text: string, _: BufferEncoding, done: () => void): void => {
      this[where] += text;
      this.#changes.emit('change');
      done();
    };
    return Object.assign(new Writable({ decodeStrings: false, write }), { isTTY });
  }

  /** The first match of a pattern in what is printed, as soon as it is there. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#shown('stdout', pattern);
  }

  /** The same of what goes to stderr. */
  noted(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#shown('stderr', pattern);
  }

  async #shown(where: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[where]);
      if (match !== null) return match;
      if (this.#isOver) throw new Error(`ended without printing ${String(pattern)}: ${this.stdout}${this.stderr}`);
      await once(this.#changes, 'change');
    }
  }

  /** What Ctrl+C does. */
  interrupt(): void {
    this.#signals.emit('SIGINT');
  }

  async outcome(): Promise<Outcome> {
    const code = await this.#ended;
    return { code, stdout: this.stdout, stderr: this.stderr };
  }
}

/** Runs a command within this process to its end. */
export function runHere(args: readonly string[], given: Given = {}): Promise<Outcome> {
  return new CommandHere(args, given).outcome();
}
