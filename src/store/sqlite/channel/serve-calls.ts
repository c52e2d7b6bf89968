import { parentPort } from 'node:worker_threads';
import { toFailure } from './failure';
import type { CallTable, Envelope, Reply } from './messages';

/**
 * Answers the main thread's calls one after another. `doing` completes the sentence "The store cannot …" if one fails.
 */
export function serveCalls<T extends CallTable<T>>(
  doing: string,
  handle: (request: T[keyof T]['request']) => unknown,
): void {
  const port = parentPort;
  if (port === null) throw new Error('This file runs in a worker thread.');
  port.on('message', ({ id, request }: Envelope<T[keyof T]['request']>) => {
    port.postMessage(answer(id, () => handle(request)));
  });

  function answer(id: number, call: () => unknown): Reply {
    try {
      return { kind: 'done', id, result: call() };
    } catch (error) {
      return { kind: 'failed', id, failure: toFailure(doing, error) };
    }
  }
}
