import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mintToken } from '../auth/token-minter';
import { tokenSettings } from './token-settings';
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
  const url = serverUrl(flags.url, env);
  const token = flags.token ?? given(env['WRITER_HUB_TOKEN']) ?? ownToken(flags, { scope, seconds }, env);
  return { url, token };
}

/** The address of the server, without a slash at its end. Throws a `UsageError` for what is not an address. */
export function serverUrl(named: string | undefined, env: NodeJS.ProcessEnv): string {
  const url = named ?? given(env['WRITER_HUB_URL']) ?? 'http://127.0.0.1:8080';
  if (!URL.canParse(url)) throw new UsageError(`${url} is not a URL`);
  return url.replace(/\/+$/, '');
}

/** The data directory that is named, or where a server keeps its data that was started in the same folder. */
export function dataDirectory(named: string | undefined, env: NodeJS.ProcessEnv): string {
  return tokenSettings(named, env).dataDir;
}

/** A variable that is empty counts as not set. */
function given(variable: string | undefined): string | undefined {
  return variable === '' ? undefined : variable;
}

function ownToken(
  flags: TargetFlags,
  { scope, seconds }: { readonly scope: string; readonly seconds: number },
  env: NodeJS.ProcessEnv,
): string {
  const settings = tokenSettings(flags.dataDir, env);
  const { issuer, audience } = settings;
  const secret = settings.secret ?? readSecret(settings.dataDir);
  if (secret === undefined) {
    throw new UsageError(
      "no token: give one with --token or WRITER_HUB_TOKEN, or name the server's data directory with --data-dir",
    );
  }
  return mintToken({ scopes: [scope], expiresIn: seconds, issuer, audience }, secret).token;
}

function readSecret(dataDir: string): string | undefined {
  const file = join(dataDir, 'secret');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}
