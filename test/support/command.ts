import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { atEnd } from './test-hub';

const MAIN = join(__dirname, '../../dist/main.js');

/** What a command printed, and how it ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The compiled `writer-hub` command as a process of its own, which does not outlive the test. */
export class Command {
  stdout = '';
  stderr = '';
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown[]>;

  /** Errors go to a file of this path, if one is given; on a terminal they go where the rest goes. */
  constructor(
    args: readonly string[],
    env: Record<string, string> = {},
    { stderr, cwd, terminal = false }: { stderr?: string; cwd?: string | undefined; terminal?: boolean } = {},
  ) {
    // A shell sends the errors where they belong, so that the pipes stay those of the command.
    const redirected = ['-c', `exec "$0" "$@" 2>${stderr ?? '&2'}`, process.execPath, MAIN, ...args];
    const quoted = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
    // `script` gives a command a terminal, and passes on what it prints there.
    const [file, words] = terminal ? ['script', ['-qefc', `exec ${quoted}`, '/dev/null']] : ['/bin/sh', redirected];
    this.#process = spawn(file, words, { cwd, env: { PATH: process.env['PATH'] ?? '', ...env } });
    this.#ended = once(this.#process, 'close');
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    atEnd(async () => {
      this.#process.kill('SIGKILL');
      await this.#ended;
    });
  }

  get stdin(): NodeJS.WritableStream {
    return this.#process.stdin;
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
      if (this.#process.exitCode !== null || this.#process.signalCode !== null)
        throw new Error(`ended without printing ${String(pattern)}: ${this.stdout}${this.stderr}`);
      await Promise.race([once(this.#process[where], 'data'), this.#ended]);
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  async outcome(): Promise<Outcome> {
    const [code] = (await this.#ended) as [number | null];
    return { code, stdout: this.stdout, stderr: this.stderr };
  }
}

/** Runs a command to its end with this text as its input. */
export function run(
  args: readonly string[],
  env: Record<string, string> = {},
  input: string | Buffer = '',
  cwd?: string,
): Promise<Outcome> {
  const command = new Command(args, env, { cwd });
  // A command that stops early leaves the rest of its input unread.
  command.stdin.on('error', () => undefined);
  command.stdin.end(input);
  return command.outcome();
}
