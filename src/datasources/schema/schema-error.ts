import { WriterHubError } from '../../errors';

/** A refusal of a schema. */
export function schemaError(message: string): WriterHubError {
  return new WriterHubError('invalid_schema', message);
}

/** Does something and says where it was if it throws a refusal. */
export function withPlace<T>(place: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof WriterHubError) throw new WriterHubError(error.code, `${place}: ${error.message}`);
    throw error;
  }
}
