import { type ErrorCode, WriterHubError } from '../../../src/errors';

/** The error that an action throws or rejects with, as `code: message`; fails when it is none of ours or there is none. */
export async function refusal(action: () => unknown): Promise<`${ErrorCode}: ${string}`> {
  try {
    await action();
  } catch (error) {
    if (error instanceof WriterHubError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('nothing was refused');
}
