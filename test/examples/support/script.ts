import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { atEnd } from '../../support/test-hub';

const ROOT = join(__dirname, '../../..');

/** What a script printed, and how it ended. */
export interface ScriptOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script that runs. */
export interface RunningScript {
  /** Resolves once something is printed that matches. */
  printed(pattern: RegExp): Promise<void>;
  outcome(): Promise<ScriptOutcome>;
}

/** Runs a program in the folder of the project, as somebody would from there. It does not outlive the test. */
export function runScript(program: string, args: readonly string[], env: Record<string, string>): RunningScript {
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  }
  atEnd(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    async printed(pattern) {
      const end = ended.then(() => 'ended' as const);
      while (!pattern.test(texts.stdout)) {
        if ((await Promise.race([once(child.stdout, 'data'), end])) !== 'ended' || pattern.test(texts.stdout)) continue;
        throw new Error(`ended without printing ${String(pattern)}: ${texts.stdout}${texts.stderr}`);
      }
    },
    async outcome() {
      const [code] = await ended;
      return { code, ...texts };
    },
  };
}
