import { Command } from 'commander';
import { revoke } from '../revoke';
import type { Surroundings } from '../surroundings';
import { findTarget, type TargetFlags } from '../target';
import { withTarget } from './options';

export function revokeCommand({ env }: Surroundings): Command {
  const command = new Command('revoke')
    .description('Revoke a token on a running server.')
    .argument('<token>', 'the token, or its id (jti)');
  return withTarget(command).action(async (token: string, flags: TargetFlags) => {
    await revoke(findTarget(flags, 'admin', env), token);
  });
}
