// Attacks a server until its input ends, in a process of its own that gives way to all others: it stands for machines
// elsewhere, whose work does not take the server's processor.
import { setMaxListeners } from 'node:events';
import { constants, setPriority } from 'node:os';
import { ATTACKS } from './attacks/all';
import type { Target } from './attacks/attack';

/** Which attack to run, by its name, and against whom. */
export interface AttackerSpec {
  readonly attack: string;
  readonly target: Target;
}

async function main(): Promise<void> {
  const { attack: name, target } = JSON.parse(process.argv[2] ?? '') as AttackerSpec;
  const attack = ATTACKS.find((one) => one.name === name);
  if (attack === undefined) throw new Error(`there is no attack "${name}"`);
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  process.stdin.on('end', () => {
    controller.abort();
  });
  process.stdin.resume();
  await attack.run(target, controller.signal);
  process.exit(0);
}

void main();
