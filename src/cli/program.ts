import { Command, InvalidArgumentError, Option } from 'commander';
import { version } from '../version';
import { configCommand } from './commands/config';
import { serveCommand } from './commands/serve';
import { listDataSources, pushDataSource } from './data-source';
import { remove } from './remove';
import { setRetention } from './retention';
import { revoke } from './revoke';
import { newMark, parseMark } from './resume-mark';
import { send } from './send';
import { runTail, type TailFlags } from './tail-command';
import { findTarget, type TargetFlags } from './target';
import { makeToken } from './token';
import { listTopics } from './topics';
import { printTo } from './print';
import type { Surroundings } from './surroundings';

/** The `writer-hub` command with its subcommands. */
export function program(surroundings: Surroundings): Command {
  return new Command('writer-hub')
    .description('Takes events in over SignalR and HTTP, keeps them, and gives them back.')
    .version(version)
    .addCommand(serveCommand(surroundings))
    .addCommand(configCommand(surroundings))
    .addCommand(tokenCommand(surroundings))
    .addCommand(revokeCommand(surroundings))
    .addCommand(sendCommand(surroundings))
    .addCommand(tailCommand(surroundings))
    .addCommand(topicsCommand(surroundings))
    .addCommand(removeCommand(surroundings))
    .addCommand(retentionCommand(surroundings))
    .addCommand(dataSourceCommand(surroundings));
}

function tokenCommand({ env, stdout, stderr }: Surroundings): Command {
  return new Command('token')
    .description(
      'Make a token, signed with the secret of a data directory or WRITER_HUB_JWT_SECRET. Prints the token alone.',
    )
    .requiredOption(
      '--scope <scopes...>',
      'append:<topic>, read:<topic>, drop:<topic>, create, admin; <topic> may be * or end in *',
    )
    .option('--expires <duration>', 'how long it lives: 90s, 15m, 24h, 30d, never', '30d')
    .option('--subject <name>', 'who it is for (sub)')
    .option('--data-dir <directory>', 'data directory of the server [WRITER_HUB_DATA_DIR] (default: ./data)')
    .action(async (flags: { scope: string[]; expires: string; subject?: string; dataDir?: string }) => {
      const { token, newSecret } = makeToken(flags, env);
      if (newSecret !== undefined) stderr.write(newSecretNotice(newSecret));
      await printTo(stdout)(`${token}\n`);
    });
}

/** A token of a second secret is refused by the server that runs with the first. */
function newSecretNotice(path: string): string {
  return (
    `note: there was no secret yet, so one was made in ${path}; only a server with that data directory accepts this ` +
    'token. For a server that runs already, name its data directory with --data-dir, or its WRITER_HUB_JWT_SECRET.\n'
  );
}

function revokeCommand({ env }: Surroundings): Command {
  const command = new Command('revoke')
    .description('Revoke a token on a running server.')
    .argument('<token>', 'the token, or its id (jti)');
  return withTarget(command).action(async (token: string, flags: TargetFlags) => {
    await revoke(findTarget(flags, 'admin', env), token);
  });
}

interface SendFlags extends TargetFlags {
  readonly topic: string;
  readonly stream: string;
  readonly batch: number;
  readonly resume?: string;
  readonly strict: boolean;
}

function sendCommand({ env, stdin, stderr }: Surroundings): Command {
  const command = new Command('send')
    .description('Send events from stdin over SignalR: a JSON array, or an object a line.')
    .requiredOption('--topic <topic>', 'topic to write to')
    .requiredOption('--stream <id>', 'stream to write to')
    .option('--batch <events>', 'events of one invocation', countFromOne, 5000)
    .option('--resume <mark>', 'go on where a send of the same input stopped, which has printed the mark')
    .option('--strict', 'refuse timestamps that seem to be in another unit than nanoseconds', false);
  return withTarget(command).action(async (flags: SendFlags) => {
    const { topic, stream: streamId, batch, resume, strict } = flags;
    const mark = resume === undefined ? newMark(batch) : parseMark(resume);
    const started = performance.now();
    const stored = await send({ stdin, stderr }, findTarget(flags, 'admin', env), {
      topic,
      streamId,
      mark,
      strict,
    });
    const seconds = (performance.now() - started) / 1000;
    stderr.write(`${stored} events stored in ${seconds.toFixed(1)} s\n`);
  });
}

function tailCommand(surroundings: Surroundings): Command {
  const command = new Command('tail')
    .description(
      'Print the events of a topic, or the rows of a data source, as they come: from now on, if nothing is said.',
    )
    .argument('<topic>', 'topic or data source to read')
    .option('-n, --last <events>', 'begin with the last ones, this many', countFromOne)
    .option('--since <time>', 'begin with what was stored since then: 90s, 10m, 24h, or ISO 8601 with a zone')
    .option('--from <start>', 'begin with earliest, latest, or behind a position: the offset of an event')
    .option('--id <id>', 'only events with this id; given several times: with one of them', collect, [])
    .option('--tag <key=value>', 'only events with this tag; given several times: with all of them', collect, [])
    .option('--stream <id>', 'only this stream')
    .option('--rows', 'the topic is a data source, also if it is not there yet', false)
    .option('--quarantine', 'the rows that did not fit a data source', false)
    .option('--json', 'JSON, an event a line, on a terminal too', false)
    .option('--no-follow', 'end when all that is stored is printed, from the first on, if nothing else is said')
    .addOption(
      new Option('--order <order>', 'desc: newest first, without following').choices(['asc', 'desc']).default('asc'),
    )
    .option('--after <position>', 'the same as --from with a position; with --order desc: only events before it');
  return withTarget(command).action(async (topic: string, flags: TailFlags) => {
    await runTail(topic, flags, surroundings);
  });
}

function topicsCommand({ env, stdout }: Surroundings): Command {
  const command = new Command('topics').description('Print the topics, what they hold, and how long they keep it.');
  return withTarget(command).action(async (flags: TargetFlags) => {
    await listTopics(findTarget(flags, 'read:*', env), printTo(stdout));
  });
}

function removeCommand({ env, stdin, stderr }: Surroundings): Command {
  const command = new Command('remove')
    .description('Remove a topic, a data source or a stream, with all it holds.')
    .argument('<topic>', 'the topic')
    .option('--stream <id>', 'only this stream')
    .option('--yes', 'ask nothing', false);
  return withTarget(command).action(async (topic: string, flags: TargetFlags & { stream?: string; yes: boolean }) => {
    const target = findTarget(flags, `drop:${topic}`, env);
    await remove(target, { topic, streamId: flags.stream, yes: flags.yes }, { input: stdin, output: stderr });
  });
}

function retentionCommand({ env, stdin, stderr }: Surroundings): Command {
  const command = new Command('retention')
    .description('Set how long a topic keeps what it holds.')
    .argument('<topic>', 'the topic')
    .option('--age <duration>', 'since it was stored: 90s, 15m, 24h, 7d, never, or default for what the server does')
    .option('--bytes <bytes>', 'bytes of text, about; 0 for any number, or default')
    .option('--yes', 'ask nothing, even if the topic loses everything', false);
  return withTarget(command).action(async (topic: string, flags: RetentionFlags) => {
    const target = findTarget(flags, `drop:${topic}`, env);
    await setRetention(
      target,
      { topic, age: flags.age, bytes: flags.bytes, yes: flags.yes },
      { input: stdin, output: stderr },
    );
  });
}

type RetentionFlags = TargetFlags & { age?: string; bytes?: string; yes: boolean };

function dataSourceCommand({ env, stdout }: Surroundings): Command {
  const push = new Command('push')
    .description('Make a data source from a .datasource file, or change the one there is.')
    .argument('<file>', 'the file')
    .option('--name <name>', 'what the data source is called (default: the name of the file)');
  const list = new Command('list').description('Print the data sources and their columns.');
  return new Command('datasource')
    .description('Make, change and list data sources.')
    .addCommand(
      withTarget(push).action(async (file: string, flags: TargetFlags & { name?: string }) => {
        await pushDataSource(findTarget(flags, 'create', env), { file, name: flags.name }, printTo(stdout));
      }),
    )
    .addCommand(
      withTarget(list).action(async (flags: TargetFlags) => {
        await listDataSources(findTarget(flags, 'admin', env), printTo(stdout));
      }),
    );
}

function withTarget(command: Command): Command {
  return command
    .option('--url <url>', 'the server [WRITER_HUB_URL] (default: http://127.0.0.1:8080)')
    .option(
      '--token <token>',
      'a token [WRITER_HUB_TOKEN]; without one it is made from the secret of the data directory',
    )
    .option('--data-dir <directory>', 'data directory of the server [WRITER_HUB_DATA_DIR] (default: ./data)');
}

/** Adds a value to those that were given before. */
function collect(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function countFromOne(text: string): number {
  const count = wholeNumber(text);
  if (count === 0) throw new InvalidArgumentError('It must be at least 1.');
  return count;
}
