/** What a token says of itself. Only the server verifies it: here it decides what is offered, not what is allowed. */
export interface TokenClaims {
  readonly scope?: unknown;
  readonly scopes?: unknown;
  readonly sub?: unknown;
  /** Seconds since 1970. */
  readonly exp?: unknown;
  readonly jti?: unknown;
}

/** The claims of a JSON Web Token; none if it is something else. */
export function claimsOf(token: string): TokenClaims {
  try {
    const [, payload = ''] = token.split('.');
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (sign) =>
      sign.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    return {};
  }
}

/** The scopes of a token in lower case where case does not matter: `admin`, `create`, `append:cars`. */
export function scopesOf(token: string): readonly string[] {
  const { scope, scopes = scope } = claimsOf(token);
  const given = typeof scopes === 'string' ? scopes.split(' ') : Array.isArray(scopes) ? scopes.map(String) : [];
  return given.map((one) => (/^admin$/i.test(one) ? 'admin' : one));
}
