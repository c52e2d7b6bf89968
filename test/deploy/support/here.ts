import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../../..');

/** A file below `deploy/`. */
export const deployFile = (name: string): string => join(ROOT, 'deploy', name);

export const deployText = (name: string): string => readFileSync(deployFile(name), 'utf8');

/** Whether a command can be run here; if not, that is said, as `not run: …`. */
export function isHere(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch (error) {
    process.stderr.write(`${command}: not run: ${(error as Error).message.split('\n')[0]}\n`);
    return false;
  }
}
