import { givenToken } from '../../app/given-token';
import { claimsOf } from '../../app/token-claims';

/** What a token may do to topics of a name, or of names that begin so. */
export interface TopicChoice {
  /** A name, a beginning with `*`, or `*` for all. */
  readonly topic: string;
  readonly append: boolean;
  readonly read: boolean;
  readonly drop: boolean;
}

/** What was ticked. */
export interface ScopeChoice {
  readonly admin: boolean;
  readonly create: boolean;
  readonly topics: readonly TopicChoice[];
}

/** The scopes of a choice, each once. `admin` is everything, and stands alone. */
export function scopesOf({ admin, create, topics }: ScopeChoice): string[] {
  if (admin) return ['admin'];
  const scopes = topics.flatMap(({ topic, ...may }) =>
    topic === ''
      ? []
      : (['append', 'read', 'drop'] as const).filter((kind) => may[kind]).map((kind) => `${kind}:${topic}`),
  );
  return [...new Set([...(create ? ['create'] : []), ...scopes])];
}

/** What is revoked: an id, and until when that has to be remembered, in milliseconds since the Unix epoch. */
export interface RevocableToken {
  readonly tokenId: string;
  readonly expiresAt?: number;
}

/** Ids as the server makes them: UUIDs. */
const TOKEN_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The id of a token, its claim `jti`, or an id that is given itself. Throws with the reason if it is neither. */
export function tokenIdOf(text: string): RevocableToken {
  const given = givenToken(text);
  if (TOKEN_ID.test(given)) return { tokenId: given };
  if (given.split('.').length !== 3) {
    throw new Error('this is neither a token nor an id of one, which looks like 0b1c0a6e-95c1-4f7a-a2f7-3d5c1b9e8a10');
  }
  const claims = claimsOf(given);
  if (Object.keys(claims).length === 0) throw new Error('this is no token: nothing can be read in its second part');
  if (typeof claims.jti !== 'string' || claims.jti === '') {
    throw new Error('this token has no id (jti), by which it could be revoked');
  }
  const { exp } = claims;
  return { tokenId: claims.jti, ...(typeof exp === 'number' && { expiresAt: exp * 1000 }) };
}
