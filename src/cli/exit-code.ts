import { CommanderError } from 'commander';
import { SecretError } from '../auth/secret';
import { ConfigError } from '../config';
import { errorKinds, WriterHubError } from '../errors';
import { Interrupted } from './interrupted';
import { UsageError } from './usage-error';

/** The command was done. */
export const DONE = 0;
/** It could not be done. */
const FAILURE = 1;
/** It was given wrongly: arguments, options, configuration. The same again will fail again. */
const USAGE = 2;

/** What a command exits with that ended with an error. Signals give 128 and their number, as shells do. */
export function exitCodeOf(error: unknown): number {
  // Commander says 0 where help or the version was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : USAGE;
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof SecretError) return USAGE;
  if (error instanceof Interrupted) return error.exitCode;
  // A duration, a scope or a name that breaks a rule; what the server refuses is another kind of error.
  if (error instanceof WriterHubError && errorKinds[error.code].status < 500) return USAGE;
  return FAILURE;
}
