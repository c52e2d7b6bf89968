/** RFC 7518, section 3.2: a key for HS256 must be at least as long as the hash. */
export const LEAST_SECRET_BYTES = 32;

/**
 * Throws an error that says what to do when a secret is too short to sign tokens with. Its message does not hold the
 * secret.
 */
export function checkSecret(secret: string): void {
  const length = Buffer.byteLength(secret);
  if (length >= LEAST_SECRET_BYTES) return;
  throw new Error(
    `the secret that tokens are signed with has ${length} bytes and needs at least ${LEAST_SECRET_BYTES}; ` +
      '`openssl rand -base64 32` makes one',
  );
}

/** The secret that the environment gives, without the white space around it, as that of a file; `undefined`: none. */
export function secretOf(env: NodeJS.ProcessEnv): string | undefined {
  const secret = env['WRITER_HUB_JWT_SECRET']?.trim();
  return secret === '' ? undefined : secret;
}
