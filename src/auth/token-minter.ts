import { sign } from 'jsonwebtoken';
import { createSecretKey, randomUUID } from 'node:crypto';
import { WriterHubError } from '../errors';
import { isScope, SCOPE_FORMS } from './scopes';
import { checkSecret } from './secret';
import { MAX_TOKEN_LENGTH } from './token-signature';

/** The longest token that is made: it shares the headers of a request with others. */
const LONGEST_MADE = MAX_TOKEN_LENGTH / 2;

/** What to put into a new token. */
export interface MintOptions {
  /** At least one, in any form that `Scopes` understands. */
  readonly scopes: readonly string[];
  /** The lifetime in seconds; absent: the token does not expire. */
  readonly expiresIn?: number | undefined;
  readonly subject?: string | undefined;
  /** The claims `iss` and `aud`, for verifiers that require them. */
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
  /** Milliseconds since the Unix epoch (default `Date.now`). */
  readonly now?: (() => number) | undefined;
}

/** A new token, and what is needed to revoke it. */
export interface MintedToken {
  readonly token: string;
  readonly tokenId: string;
  /** Milliseconds since the Unix epoch; absent: it does not expire. */
  readonly expiresAt?: number;
}

/**
 * Makes a token signed with the server's secret (HS256). Throws `invalid_query` when the server would not accept the
 * token.
 */
export function mintToken(options: MintOptions, secret: string): MintedToken {
  checkSecret(secret);
  const { scopes, expiresIn, now = Date.now } = options;
  checkScopes(scopes);
  if (expiresIn !== undefined && !(Number.isSafeInteger(expiresIn) && expiresIn > 0)) {
    throw new WriterHubError('invalid_query', 'a token must live for a whole number of seconds, at least 1');
  }
  const tokenId = randomUUID();
  const issuedAt = Math.floor(now() / 1000);
  const expiry = expiresIn === undefined ? undefined : issuedAt + expiresIn;
  const claims = {
    // In a string, spaces separate scopes; only an array can hold a topic name with a space in it.
    scope: scopes.some((scope) => scope.includes(' ')) ? scopes : scopes.join(' '),
    jti: tokenId,
    iat: issuedAt,
    ...(expiry !== undefined && { exp: expiry }),
    // JSON leaves out what is undefined.
    sub: options.subject,
    iss: options.issuer,
    aud: options.audience,
  };
  const token = sign(claims, createSecretKey(secret, 'utf8'), { algorithm: 'HS256' });
  if (token.length > LONGEST_MADE) {
    throw new WriterHubError(
      'invalid_query',
      `the token would be longer than ${LONGEST_MADE} characters: give it fewer scopes`,
    );
  }
  return { token, tokenId, ...(expiry !== undefined && { expiresAt: expiry * 1000 }) };
}

function checkScopes(scopes: readonly string[]): void {
  if (scopes.length === 0)
    throw new WriterHubError('invalid_query', `a token needs at least one scope: ${SCOPE_FORMS}`);
  for (const scope of scopes) {
    if (!isScope(scope)) throw new WriterHubError('invalid_query', `"${scope}" is not a scope: write ${SCOPE_FORMS}`);
  }
}
