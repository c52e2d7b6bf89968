import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

const scripts = {
  events: join(__dirname, 'endless-appender.mjs'),
  rows: join(__dirname, 'endless-row-appender.mjs'),
  long: join(__dirname, 'endless-long-appender.mjs'),
};

/**
 * Lets another process append to the store in a directory, kills it with SIGKILL after so many acknowledgements, and
 * gives their numbers.
 */
export async function appendUntilKilled(
  kind: keyof typeof scripts,
  directory: string,
  first: number,
  count: number,
): Promise<number[]> {
  const argv = [scripts[kind], directory, String(first)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const acknowledged: number[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(Number(line));
    if (acknowledged.length === count) child.kill('SIGKILL');
  }
  await exited;
  return acknowledged;
}

/** Starts another process on a directory that is in use; gives its exit code and what it says. */
export async function openElsewhere(directory: string): Promise<{ code: number; complaint: string }> {
  const child = spawn(process.execPath, [scripts.events, directory, '1'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  return { code, complaint };
}
