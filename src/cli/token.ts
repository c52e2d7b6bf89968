import { parseDuration } from '../duration';
import { loadOrCreateSecret } from '../auth/secret-file';
import { mintToken } from '../auth/token-minter';

export interface TokenFlags {
  readonly scope: readonly string[];
  readonly expires: string;
  readonly subject?: string;
  readonly dataDir?: string;
}

/** Makes a token that a server with the same secret, issuer and audience accepts. */
export function makeToken({ scope, expires, subject, dataDir }: TokenFlags, env: NodeJS.ProcessEnv): string {
  const secret =
    env['WRITER_HUB_JWT_SECRET'] ?? loadOrCreateSecret(dataDir ?? env['WRITER_HUB_DATA_DIR'] ?? './data').secret;
  const request = {
    scopes: scope.flatMap((scopes) => scopes.split(/[\s,]+/).filter((name) => name !== '')),
    expiresIn: parseDuration(expires),
    subject,
    issuer: env['WRITER_HUB_JWT_ISSUER'],
    audience: env['WRITER_HUB_JWT_AUDIENCE'],
  };
  return mintToken(request, secret).token;
}
