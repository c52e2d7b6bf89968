import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const CHILDREN: ChildProcess[] = [];

afterEach(async () => {
  for (const child of CHILDREN.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = once(child, 'exit');
    child.kill();
    await exited;
  }
});

/** Starts a program of Node.js, which ends with the test, and returns the first line it prints that matches. */
export async function lineOf(file: string, cwd: string, pattern: RegExp): Promise<RegExpExecArray> {
  const child = spawn(process.execPath, [file], {
    cwd,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  CHILDREN.push(child);
  for await (const line of createInterface(child.stdout)) {
    const found = pattern.exec(line);
    if (found !== null) return found;
  }
  throw new Error(`${file} has ended without a line like ${pattern.source}`);
}

/** Starts a hub of the README and returns its address. */
export async function runHub(file: string, cwd: string): Promise<string> {
  const [, port = ''] = await lineOf(file, cwd, /listening .*port: (\d+)/);
  return `http://127.0.0.1:${port}/chat`;
}
