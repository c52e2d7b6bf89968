import { Argument, type Command, InvalidArgumentError } from 'commander';
import { WriterHubError } from '../../errors';
import { checkStreamId, checkTopicName } from '../../events/names';

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

/** An argument: a topic or a data source. */
export function topicArgument(meaning = 'the topic'): Argument {
  return new Argument('<topic>', meaning).argParser(topicName);
}

/** The name of a topic. */
export function topicName(text: string): string {
  return checked(() => checkTopicName(text));
}

/** The id of a stream. */
export function streamId(text: string): string {
  return checked(() => checkStreamId(text));
}

/** A path. An empty one, as of a variable that a script has not set, would be the working directory. */
export function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.');
  return text;
}

function checked(check: () => string): string {
  try {
    return check();
  } catch (error) {
    if (error instanceof WriterHubError) throw new InvalidArgumentError(`${error.message}.`);
    throw error;
  }
}
