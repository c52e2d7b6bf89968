/** A command cannot be carried out as it was given. The message is all that a user needs to see. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
