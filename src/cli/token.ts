import { resolve } from 'node:path';
import { parseDuration } from '../duration';
import { secretOf } from '../auth/secret';
import { loadOrCreateSecret } from '../auth/secret-file';
import { mintToken } from '../auth/token-minter';

export interface TokenFlags {
  readonly scope: readonly string[];
  readonly expires: string;
  readonly subject?: string;
  readonly dataDir?: string;
}

/** A token, and the file of the secret that was made for it because there was none. */
export interface MadeToken {
  readonly token: string;
  readonly newSecret: string | undefined;
}

/** Makes a token that a server with the same secret, issuer and audience accepts. */
export function makeToken({ scope, expires, subject, dataDir }: TokenFlags, env: NodeJS.ProcessEnv): MadeToken {
  const given = secretOf(env);
  const { secret, newSecret } =
    given === undefined
      ? fromDirectory(dataDir ?? env['WRITER_HUB_DATA_DIR'] ?? './data')
      : { secret: given, newSecret: undefined };
  const request = {
    scopes: scope.flatMap((scopes) => scopes.split(/[\s,]+/).filter((name) => name !== '')),
    expiresIn: parseDuration(expires),
    subject,
    issuer: env['WRITER_HUB_JWT_ISSUER'],
    audience: env['WRITER_HUB_JWT_AUDIENCE'],
  };
  return { token: mintToken(request, secret).token, newSecret };
}

function fromDirectory(dataDir: string): { readonly secret: string; readonly newSecret: string | undefined } {
  const { secret, created, path } = loadOrCreateSecret(resolve(dataDir));
  return { secret, newSecret: created ? path : undefined };
}
