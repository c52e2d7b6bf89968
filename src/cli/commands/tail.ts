import { Command, Option } from 'commander';
import type { Surroundings } from '../surroundings';
import { runTail, type TailFlags } from '../tail-command';
import { collect, countFromOne, streamId, topicArgument, withTarget } from './options';

export function tailCommand(surroundings: Surroundings): Command {
  const command = new Command('tail')
    .description(
      'Print the events of a topic, or the rows of a data source, as they come: from now on, if nothing is said.',
    )
    .addArgument(topicArgument('topic or data source to read'))
    .option('-n, --last <events>', 'begin with the last ones, this many', countFromOne)
    .option('--since <time>', 'begin with what was stored since then: 90s, 10m, 24h, or ISO 8601 with a zone')
    .option('--from <start>', 'begin with earliest, latest, or behind a position: the offset of an event')
    .option('--id <id>', 'only events with this id; given several times: with one of them', collect, [])
    .option('--tag <key=value>', 'only events with this tag; given several times: with all of them', collect, [])
    .option('--stream <id>', 'only this stream', streamId)
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
