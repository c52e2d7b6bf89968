import { Command } from 'commander';
import { CommandError } from '../command-error';
import { printTo } from '../print';
import { fetchStatus } from '../status';
import { statusText } from '../status-text';
import type { Surroundings } from '../surroundings';
import { givenToken, httpUrl, serverUrl } from '../target';

interface StatusFlags {
  readonly url?: string;
  readonly token?: string;
  readonly metricsUrl?: string;
  readonly json: boolean;
}

export function statusCommand({ env, stdout }: Surroundings): Command {
  return new Command('status')
    .description(
      'Say how a server is: ready or not, its sizes, queue, connections, readers and refusals. Not ready: ends with 1.',
    )
    .option('--url <url>', 'the server [WRITER_HUB_URL] (default: http://127.0.0.1:8080)')
    .option('--metrics-url <url>', 'where its metrics are, if it has them at a port of their own')
    .option('--token <token>', 'a token, for metrics that are not open [WRITER_HUB_TOKEN]')
    .option('--json', 'JSON', false)
    .action(async (flags: StatusFlags) => {
      const url = serverUrl(flags.url, env);
      const token = givenToken(flags.token, env);
      const metricsUrl = flags.metricsUrl === undefined ? undefined : httpUrl(flags.metricsUrl);
      const status = await fetchStatus({ url, metricsUrl, token });
      await printTo(stdout)(flags.json ? `${JSON.stringify(status)}\n` : statusText(status));
      if (!status.ready) throw new CommandError(`the server is not ready: ${status.reason ?? ''}`);
    });
}
