import { openBrowser, openerOf } from './open-browser';
import { printTo } from './print';
import { request } from './request';
import type { Surroundings } from './surroundings';
import { findTarget, type TargetFlags } from './target';

export interface OpenFlags extends TargetFlags {
  /** Whether the address is printed and no browser opened. */
  readonly print: boolean;
}

/** How long the token in the address lives, if it is made here (seconds): it stands in the browser's command line. */
const TOKEN_SECONDS = 3600;

/** Opens the console in a browser, signed in; prints its address where there is none. */
export async function openConsole(flags: OpenFlags, { env, stdout, stderr }: Surroundings): Promise<void> {
  const target = findTarget(flags, 'admin', env, TOKEN_SECONDS);
  // In the fragment, which is sent to no server and stands in no log.
  const address = `${target.url}/#token=${encodeURIComponent(target.token)}`;
  if (!flags.print) {
    await request(target, '/healthz', {});
    const opener = openerOf(process.platform, env);
    if (opener !== undefined && (await openBrowser(address, opener))) {
      stderr.write(`opened ${target.url} in the browser\n`);
      return;
    }
    stderr.write('there is no browser here: open this address in one; whoever has it is signed in\n');
  }
  await printTo(stdout)(`${address}\n`);
}
