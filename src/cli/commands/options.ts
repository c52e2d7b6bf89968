import { type Command, InvalidArgumentError } from 'commander';

/** Adds the options by which a command finds its server and a token: `TargetFlags`. */
export function withTarget(command: Command): Command {
  return command
    .option('--url <url>', 'the server [WRITER_HUB_URL] (default: http://127.0.0.1:8080)')
    .option(
      '--token <token>',
      'a token [WRITER_HUB_TOKEN]; without one it is made from the secret of the data directory',
    )
    .option('--data-dir <directory>', 'data directory of the server [WRITER_HUB_DATA_DIR] (default: ./data)');
}

/** Adds a value to those that were given before. */
export function collect(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

/** An option's value: a whole number. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** An option's value: a whole number, at least 1. */
export function countFromOne(text: string): number {
  const count = wholeNumber(text);
  if (count === 0) throw new InvalidArgumentError('It must be at least 1.');
  return count;
}
