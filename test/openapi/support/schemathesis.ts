import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { atEnd } from '../../support/test-hub';

const PYTHON = process.env['PYTHON'] ?? 'python3';

const FOLDER = join(__dirname, '..');

/** schemathesis in a folder of its own, as `requirements.txt` names it. */
export class Schemathesis {
  readonly #folder = mkdtempSync(join(tmpdir(), 'writer-hub-schemathesis-'));

  /** Installs it. Returns why that is not possible here, if it is not. */
  install(): string | undefined {
    const run = (file: string, ...args: string[]): void => {
      execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000 });
    };
    try {
      run(PYTHON, '-m', 'venv', this.#folder);
      const options = ['--quiet', '--disable-pip-version-check', '--retries', '1', '--timeout', '15'];
      const python = join(this.#folder, 'bin/python');
      run(python, '-m', 'pip', 'install', ...options, '-r', join(FOLDER, 'requirements.txt'));
      return undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return message.trimEnd().split('\n').at(-1)!;
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Sends what it makes of the document at `url`. Returns its report and whether anything was wrong. */
  async run(url: string, bearer: string, args: readonly string[]): Promise<{ report: string; isGood: boolean }> {
    const config = ['--config-file', join(FOLDER, 'schemathesis.toml'), '--no-color'];
    const target = ['run', `${url}/openapi.json`, '-u', url, '-H', `Authorization: Bearer ${bearer}`];
    const child = spawn(join(this.#folder, 'bin/schemathesis'), [...config, ...target, ...args], {
      cwd: this.#folder,
      env: { ...process.env, SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: FOLDER, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const closed = once(child, 'close');
    atEnd(async () => {
      child.kill('SIGKILL');
      await closed;
    });
    const [output, complaints] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    return { report: output + complaints, isGood: child.exitCode === 0 };
  }
}
