import { Command } from 'commander';
import { revocationOf, revoke } from '../revoke';
import type { Surroundings } from '../surroundings';
import { findTarget, type TargetFlags } from '../target';
import { withTarget } from './options';

export function revokeCommand({ env, stderr }: Surroundings): Command {
  const command = new Command('revoke')
    .description('Revoke a token on a running server.')
    .argument('<token>', 'the token, or its id (jti)');
  return withTarget(command).action(async (token: string, flags: TargetFlags) => {
    const revocation = revocationOf(token);
    await revoke(findTarget(flags, 'admin', env), revocation);
    stderr.write(`the token with the id ${revocation.tokenId} is refused from now on\n`);
  });
}
