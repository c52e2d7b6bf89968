import { type ErrorCode, WriterHubError } from '../../../src/errors';

/**
 * The error that an action throws or rejects with, as `code: message`. Throws when there is none or it is not a
 * `WriterHubError`.
 */
export async function refusal(action: () => unknown): Promise<`${ErrorCode}: ${string}`> {
  try {
    await action();
  } catch (error) {
    if (error instanceof WriterHubError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('nothing was refused');
}
