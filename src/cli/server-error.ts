/** A server that cannot be reached, or that failed: may go away by itself. Its message is all a user needs to see. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
}
