/** RFC 7518, section 3.2: a key for HS256 must be at least as long as the hash. */
export const LEAST_SECRET_BYTES = 32;

/** A secret that cannot be used; the message says what to do, and does not hold the secret. */
export class SecretError extends Error {}

/** Throws a `SecretError` when a secret is too short to sign tokens with. */
export function checkSecret(secret: string): void {
  const fault = secretFault(secret);
  if (fault !== undefined) throw new SecretError(`the secret that tokens are signed with ${fault}`);
}

/** Why a secret cannot sign tokens; `undefined`: it can. */
export function secretFault(secret: string): string | undefined {
  const length = Buffer.byteLength(secret);
  if (length >= LEAST_SECRET_BYTES) return undefined;
  return `has ${length} bytes and needs at least ${LEAST_SECRET_BYTES}; \`openssl rand -base64 32\` makes one`;
}
