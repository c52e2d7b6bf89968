/** A command that cannot be carried out as it was given; its message is all a user needs to see. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
