/**
 * A command cannot do what it was asked, and would not the next time either; it was given rightly (see `UsageError`).
 * The message is all that a user needs to see.
 */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}
