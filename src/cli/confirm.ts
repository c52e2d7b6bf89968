import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { CommandError } from './command-error';
import { Interrupted } from './interrupted';
import { UsageError } from './usage-error';

/** Where questions are asked: not at stdout, which may go to a file. `isTTY` says whether there is a person. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

/**
 * Asks on a terminal, and resolves when the answer is yes. Rejects with a `CommandError` when it is not, and with a
 * `UsageError` where there is nobody to ask.
 */
export async function confirm(question: string, { input, output }: Terminal): Promise<void> {
  if (input.isTTY !== true) throw new UsageError(`${question} Say --yes: there is no terminal to ask at`);
  const answer = await ask(`${question} [y/N] `, { input, output });
  if (!/^y(?:es)?$/i.test(answer)) throw new CommandError('nothing was removed');
}

/** The same, but the name of what is lost is to be typed: more than one key that a hand presses by itself. */
export async function confirmByName(question: string, name: string, { input, output }: Terminal): Promise<void> {
  if (input.isTTY !== true) throw new UsageError(`${question} Say --yes: there is no terminal to ask at`);
  const answer = await ask(`${question} Type its name to go on: `, { input, output });
  if (answer !== name) throw new CommandError('this is not its name: nothing was removed');
}

/** Resolves with the line that is typed; with an empty one when there is none any more. */
async function ask(question: string, { input, output }: Terminal): Promise<string> {
  const lines = createInterface({ input, output });
  try {
    const ended = once(lines, 'close').then(() => '');
    const interrupted = once(lines, 'SIGINT').then(() => {
      throw new Interrupted('SIGINT');
    });
    return (await Promise.race([lines.question(question), ended, interrupted])).trim();
  } finally {
    lines.close();
  }
}
