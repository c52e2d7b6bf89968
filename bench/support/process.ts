import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** The root of the repository, where every process is started. */
export const ROOT = path.resolve(__dirname, '../..');

/** Arguments for Node that run a TypeScript file of this repository. */
export function typescript(file: string): string[] {
  return ['--import', 'tsx', path.join(ROOT, file)];
}

/** How a Node process is started. */
export interface NodeCommand {
  /** What follows `node`. */
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts Node with piped output; a process that outlives this one is killed at its exit. */
export function startNode(command: NodeCommand): ChildProcess {
  const child = spawn(process.execPath, command.args, {
    cwd: ROOT,
    env: { ...process.env, ...command.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Everything that a process prints. Rejects with the end of its error output when it fails. */
export async function outputOf(command: NodeCommand): Promise<string> {
  const child = startNode(command);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const errors = tail(child);
  child.stdin?.end();
  await once(child, 'close');
  if (child.exitCode !== 0) throw new Error(`node ${command.args.join(' ')} failed:\n${errors()}`);
  return output;
}

/** A function that returns the last few thousand characters of the error output so far. */
export function tail(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(-4000)));
  return () => text;
}

/** A server that listens, in a process of its own. */
export class ServerProcess {
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    readonly pid: number,
    readonly port: number,
    /** The end of its log so far. */
    readonly log: () => string,
  ) {
    this.#child = child;
  }

  /** Starts a server and waits until it prints its address on standard output. */
  static async start(command: NodeCommand, timeoutMs = 30_000): Promise<ServerProcess> {
    const child = startNode(command);
    const log = tail(child);
    const port = await listeningPort(child, timeoutMs).catch((error: unknown) => {
      child.kill('SIGKILL');
      throw new Error(`node ${command.args.join(' ')} did not start:\n${log()}`, { cause: error });
    });
    return new ServerProcess(child, child.pid ?? 0, port, log);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Asks the server to end and waits for that. Resolves with whether it ended by itself with exit code 0. */
  async stop(timeoutMs = 20_000): Promise<boolean> {
    const deadline = setTimeout(() => this.#child.kill('SIGKILL'), timeoutMs);
    await this.#end('SIGTERM');
    clearTimeout(deadline);
    return this.#child.exitCode === 0;
  }

  /** Kills the process with `kill -9` and waits until it has ended. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }
}

function listeningPort(child: ChildProcess, timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const late = setTimeout(() => {
      reject(new Error(`no address within ${timeoutMs} ms`));
    }, timeoutMs);
    child.stdout?.on('data', (chunk: Buffer) => {
      // Kept short: a server goes on printing for as long as it runs.
      printed = (printed + chunk.toString()).slice(-4000);
      const address = /http:\/\/127\.0\.0\.1:(\d+)/.exec(printed);
      if (address === null) return;
      clearTimeout(late);
      resolve(Number(address[1]));
    });
    child.once('exit', (code, signal) => {
      clearTimeout(late);
      reject(new Error(`ended with ${code ?? signal ?? 'nothing'}`));
    });
    child.once('error', reject);
  });
}
