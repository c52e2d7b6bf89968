import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { atEnd, type TestHub, token } from '../../support/test-hub';

const PYTHON = process.env['PYTHON'] ?? 'python3';

/** A folder of packages from PyPI, as `requirements.txt` names them. */
export class PythonClients {
  readonly #folder = mkdtempSync(join(tmpdir(), 'writer-hub-python-'));

  /** Installs them. Returns why that is not possible here, if it is not. */
  install(): string | undefined {
    const run = (file: string, ...args: string[]): void => {
      execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000 });
    };
    try {
      run(PYTHON, '-m', 'venv', this.#folder);
      const options = ['--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '15'];
      run(this.#python, '-m', 'pip', 'install', ...options, '-r', join(__dirname, '../requirements.txt'));
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Runs a script to its end and gives what it printed. Rejects with its complaints when it fails. */
  async run(args: readonly string[], hub: TestHub, input = ''): Promise<string> {
    const [url, bearer] = [hub.url, token('create', 'read:*')];
    const child = spawn(this.#python, args, {
      env: { ...process.env, HUB_URL: `${url}/hub`, WRITER_HUB_URL: url, TOKEN: bearer, TIMEOUT_SECONDS: '30' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const closed = once(child, 'close');
    atEnd(async () => {
      child.kill('SIGKILL');
      await closed;
    });
    child.stdin.end(input);
    const [output, complaints] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    if (child.exitCode !== 0) throw new Error(`${output}${complaints}`);
    return output;
  }

  get #python(): string {
    return join(this.#folder, 'bin/python');
  }
}

/** The last line of what failed. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trimEnd().split('\n').at(-1)!;
}
