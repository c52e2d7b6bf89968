import { WriterHubError } from '../../errors';

/** A refusal of a schema. */
export function schemaError(message: string): WriterHubError {
  return new WriterHubError('invalid_schema', message);
}

/** Runs an action; an error that it throws gets a place in front of its message. */
export function withPlace<T>(place: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof WriterHubError) throw new WriterHubError(error.code, `${place}: ${error.message}`);
    throw error;
  }
}
