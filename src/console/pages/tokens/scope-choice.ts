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

/** The id of a token, its claim `jti`; a text that is no token is an id itself. `undefined`: a token without an id. */
export function tokenIdOf(text: string): { readonly tokenId: string; readonly expiresAt?: number } | undefined {
  const trimmed = text.trim();
  const parts = trimmed.split('.');
  if (parts.length !== 3) return { tokenId: trimmed };
  const claims = claimsOf(parts[1]!);
  if (typeof claims['jti'] !== 'string') return undefined;
  const expiry = claims['exp'];
  return { tokenId: claims['jti'], ...(typeof expiry === 'number' && { expiresAt: expiry * 1000 }) };
}

function claimsOf(part: string): Readonly<Record<string, unknown>> {
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
  } catch {
    // It has two dots and is no token: it has no claims either.
    return {};
  }
}
