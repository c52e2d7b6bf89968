import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretOf } from '../auth/secret';
import { mintToken } from '../auth/token-minter';
import { UsageError } from './usage-error';

/** Which server a command talks to, and with which token. */
export interface Target {
  readonly url: string;
  readonly token: string;
}

/** The flags that name it. Those not given are looked up in the environment. */
export interface TargetFlags {
  readonly url?: string;
  readonly token?: string;
  readonly dataDir?: string;
}

/** Lifetime of a token that a command makes for itself, in seconds, unless it says another. */
const OWN_TOKEN_SECONDS = 24 * 3600;

/**
 * Finds the server and a token: the token given, or one made from the server's secret, for users who can read its data
 * directory.
 */
export function findTarget(
  flags: TargetFlags,
  scope: string,
  env: NodeJS.ProcessEnv,
  seconds = OWN_TOKEN_SECONDS,
): Target {
  return {
    url: serverUrl(flags.url, env),
    token: flags.token ?? env['WRITER_HUB_TOKEN'] ?? ownToken(flags, { scope, seconds }, env),
  };
}

/** The address of the server, without a slash at its end. Throws a `UsageError` for what is not an address. */
export function serverUrl(named: string | undefined, env: NodeJS.ProcessEnv): string {
  const url = named ?? env['WRITER_HUB_URL'] ?? 'http://127.0.0.1:8080';
  if (!URL.canParse(url)) throw new UsageError(`${url} is not a URL`);
  return url.replace(/\/+$/, '');
}

/** The data directory that is named, or where a server keeps its data that was started in the same folder. */
export function dataDirectory(named: string | undefined, env: NodeJS.ProcessEnv): string {
  return named ?? env['WRITER_HUB_DATA_DIR'] ?? './data';
}

function ownToken(
  flags: TargetFlags,
  { scope, seconds }: { readonly scope: string; readonly seconds: number },
  env: NodeJS.ProcessEnv,
): string {
  const secret = secretOf(env) ?? readSecret(dataDirectory(flags.dataDir, env));
  if (secret === undefined) {
    throw new UsageError(
      "no token: give one with --token or WRITER_HUB_TOKEN, or name the server's data directory with --data-dir",
    );
  }
  const claims = { issuer: env['WRITER_HUB_JWT_ISSUER'], audience: env['WRITER_HUB_JWT_AUDIENCE'] };
  return mintToken({ scopes: [scope], expiresIn: seconds, ...claims }, secret).token;
}

function readSecret(dataDir: string): string | undefined {
  const file = join(dataDir, 'secret');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
