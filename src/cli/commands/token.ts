import { Command } from 'commander';
import { decode } from 'jsonwebtoken';
import { printTo } from '../print';
import type { Surroundings } from '../surroundings';
import { makeToken, type TokenFlags } from '../token';

export function tokenCommand({ env, stdout, stderr }: Surroundings): Command {
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
    .option('--json', 'print the token and its claims', false)
    .action(async ({ json, ...flags }: TokenFlags & { json: boolean }) => {
      const { token, newSecret } = makeToken(flags, env);
      if (newSecret !== undefined) stderr.write(newSecretNotice(newSecret));
      await printTo(stdout)(json ? `${JSON.stringify({ token, claims: decode(token) })}\n` : `${token}\n`);
    });
}

/** A token of a second secret is refused by the server that runs with the first. */
function newSecretNotice(path: string): string {
  return (
    `note: there was no secret yet, so one was made in ${path}; only a server with that data directory accepts this ` +
    'token. For a server that runs already, name its data directory with --data-dir, or its WRITER_HUB_JWT_SECRET.\n'
  );
}
