import type { Writable } from 'node:stream';

/** Writes text to the user of the command. Resolves once the text has been written out. */
export type Print = (text: string) => Promise<void>;

/**
 * Waits until the text has been written out: a slow reader slows the command down, and nothing is cut off at the end.
 */
export function printTo(stdout: Writable): Print {
  return (text) =>
    new Promise((resolve, reject) => {
      stdout.write(text, (error) => {
        if (error == null) resolve();
        else reject(error);
      });
    });
}
