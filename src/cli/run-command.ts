import { type Command, CommanderError } from 'commander';
import { SecretError } from '../auth/secret';
import { ConfigError } from '../config';
import { WriterHubError } from '../errors';
import { CommandError } from './command-error';
import { DONE, exitCodeOf } from './exit-code';
import { Interrupted } from './interrupted';
import { program } from './program';
import { ServerError } from './server-error';
import type { Surroundings } from './surroundings';

/** Runs a command, which says on stderr why it fails. Resolves with its exit code. */
export async function runCommand(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    const command = program(surroundings);
    keepWithin(command, surroundings);
    await command.parseAsync(args, { from: 'user' });
    return DONE;
  } catch (error) {
    // It has been said already, as help and the version have.
    if (!(error instanceof CommanderError)) surroundings.stderr.write(`writer-hub: ${describe(error)}\n`);
    return exitCodeOf(error);
  }
}

/** Has a command and those below it end with an error, not with the process, and write into its surroundings. */
function keepWithin(command: Command, surroundings: Surroundings): void {
  const { stdout, stderr } = surroundings;
  command.exitOverride().configureOutput({
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
  });
  for (const below of command.commands) keepWithin(below, surroundings);
}

/** What went wrong, for the user: the message if it says enough, otherwise the stack as well. */
function describe(error: unknown): string {
  const selfExplanatory = [CommandError, Interrupted, ServerError, ConfigError, SecretError, WriterHubError];
  if (error instanceof Error && selfExplanatory.some((kind) => error instanceof kind)) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error) || typeof error.code !== 'string') return error.stack ?? error.message;
  const isDenied = error.code === 'EACCES' || error.code === 'EPERM';
  return isDenied ? `${error.message} (this process runs as user ${process.getuid?.() ?? 'unknown'})` : error.message;
}
