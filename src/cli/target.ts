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
  const token = givenToken(flags.token, env) ?? ownToken(flags, { scope, seconds }, env);
  return { url, token };
}

/** The address of the server, without a slash at its end. Throws a `UsageError` for what is not an address. */
export function serverUrl(named: string | undefined, env: NodeJS.ProcessEnv): string {
  const url = named ?? given(env['WRITER_HUB_URL']) ?? 'http://127.0.0.1:8080';
  return httpUrl(url).replace(/\/+$/, '');
}

/** An address, as it is written. Throws a `UsageError` for what is none of http or https. */
export function httpUrl(text: string): string {
  if (!URL.canParse(text)) throw new UsageError(`${JSON.stringify(text)} is not a URL`);
  if (/^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(`${text} is neither an http nor an https URL`);
}

/** The token of a flag or of the environment. Throws a `UsageError` for what cannot stand in a header. */
export function givenToken(flag: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const token = flag ?? given(env['WRITER_HUB_TOKEN']);
  if (token === undefined || /^[\x21-\x7e]+$/.test(token)) return token;
  const source = flag === undefined ? 'WRITER_HUB_TOKEN' : '--token';
  throw new UsageError(
    `${source} ${token === '' ? 'is empty' : 'is not a token: it has white space or other characters that none has'}`,
  );
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
