import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import type { NodeRelease } from './node-release';

/** npm could not install something: most likely the registry cannot be reached. */
export class InstallError extends Error {
  override readonly name = 'InstallError';
}

const execute = promisify(execFile);

const NPM_OPTIONS = [
  '--loglevel=error',
  '--no-audit',
  '--no-fund',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
];

/** Runs npm and resolves with what it printed. Rejects with an `InstallError` that has the first line of its complaint. */
export async function npm(args: readonly string[], cwd: string): Promise<void> {
  try {
    await execute('npm', [...args, ...NPM_OPTIONS], { cwd, maxBuffer: Infinity });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const complaint = /^npm error (?!code |errno |syscall ).*/m.exec(output)?.[0];
    throw new InstallError(complaint ?? output, { cause: error });
  }
}

/** Runs a command for which `node` is this release, shows what it prints, and rejects when it fails. */
export async function runOn(
  node: NodeRelease,
  command: readonly [string, ...string[]],
  { cwd, env = {}, quiet = false }: { cwd: string; env?: NodeJS.ProcessEnv; quiet?: boolean },
): Promise<void> {
  const [name, ...args] = command;
  const child = spawn(name, args, {
    cwd,
    env: { ...process.env, ...env, PATH: `${path.dirname(node.binary)}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code === null ? 'a signal' : `code ${code}`}`);
}
