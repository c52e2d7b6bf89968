import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { CommandError } from './command-error';
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
  const lines = createInterface({ input, output });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    if (!/^y(?:es)?$/i.test(answer.trim())) throw new CommandError('nothing was removed');
  } finally {
    lines.close();
  }
}
