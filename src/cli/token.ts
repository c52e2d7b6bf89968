import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseDuration } from '../duration';
import { loadOrCreateSecret } from '../auth/secret-file';
import { mintToken } from '../auth/token-minter';
import { tokenSettings, type TokenSettings } from './token-settings';
import { UsageError } from './usage-error';

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
  const settings = tokenSettings(dataDir, env);
  const { issuer, audience } = settings;
  const { secret, newSecret } =
    settings.secret === undefined ? fromDirectory(settings, env) : { secret: settings.secret, newSecret: undefined };
  const request = {
    scopes: scope.flatMap((scopes) => scopes.split(/[\s,]+/).filter((name) => name !== '')),
    expiresIn: parseDuration(expires),
    subject,
    issuer,
    audience,
  };
  return { token: mintToken(request, secret).token, newSecret };
}

/**
 * The secret of a directory that was named is made if there is none; that of the current one is not: whoever is in the
 * wrong folder would get a token that no server accepts.
 */
function fromDirectory(
  { dataDir: named, isNamed }: TokenSettings,
  env: NodeJS.ProcessEnv,
): { readonly secret: string; readonly newSecret: string | undefined } {
  const dataDir = resolve(named);
  if (!isNamed && !existsSync(join(dataDir, 'secret'))) throw noSecret(dataDir, env['WRITER_HUB_URL']);
  const { secret, created, path } = loadOrCreateSecret(dataDir);
  return { secret, newSecret: created ? path : undefined };
}

function noSecret(dataDir: string, url: string | undefined): UsageError {
  const server = url === undefined ? 'the server' : `the server at ${url}`;
  return new UsageError(
    `there is no secret in ${dataDir}; a token is signed with that of ${server}: name its data directory with ` +
      '--data-dir or WRITER_HUB_DATA_DIR, or give its WRITER_HUB_JWT_SECRET (the first "writer-hub serve" makes one)',
  );
}
