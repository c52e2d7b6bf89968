import { CommandError } from './command-error';

/** A command was given wrongly: its arguments, options or configuration. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';
}
