import { tokenIdFault } from '../../../auth/token-id';
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

/**
 * The id of a token, its claim `jti`, or an id that is given itself, of any form, as others make them. Throws with the
 * reason if it is neither.
 */
export function tokenIdOf(text: string): RevocableToken {
  const given = givenToken(text);
  const claims = given.split('.').length === 3 ? claimsOf(given) : {};
  if (Object.keys(claims).length === 0) {
    const fault = tokenIdFault(given);
    if (fault !== undefined) throw new Error(`this is neither a whole token nor the id of one (jti): it ${fault}`);
    return { tokenId: given };
  }
  if (typeof claims.jti !== 'string' || claims.jti === '') {
    throw new Error('this token has no id (jti), by which it could be revoked');
  }
  const { exp } = claims;
  return { tokenId: claims.jti, ...(typeof exp === 'number' && { expiresAt: exp * 1000 }) };
}
