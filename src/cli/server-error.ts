/**
 * A server cannot be reached, or has failed; this may go away by itself. The message is all that a user needs to see.
 */
export class ServerError extends Error {
  override readonly name = 'ServerError';
}
