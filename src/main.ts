#!/usr/bin/env node
import { SecretError } from './auth/secret';
import { program } from './cli/program';
import { ServerError } from './cli/server-error';
import { UsageError } from './cli/usage-error';
import { ConfigError } from './config';
import { WriterHubError } from './errors';

/** What went wrong, for the user: the message if it says enough, otherwise the stack as well. */
function describe(error: unknown): string {
  const selfExplanatory = [UsageError, ServerError, ConfigError, SecretError, WriterHubError];
  if (error instanceof Error && selfExplanatory.some((kind) => error instanceof kind)) return error.message;
  if (!(error instanceof Error)) return String(error);
  const known = 'code' in error && typeof error.code === 'string';
  return known ? error.message : (error.stack ?? error.message);
}

// A reader such as `head` that has seen enough is not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

program()
  .parseAsync()
  .then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`writer-hub: ${describe(error)}\n`);
      process.exit(1);
    },
  );
