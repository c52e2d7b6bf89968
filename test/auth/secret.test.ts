import { checkSecret } from '../../src/auth/secret';

describe('checkSecret', () => {
  it.each([
    ['32 characters', 'x'.repeat(32)],
    ['16 characters of two bytes', 'é'.repeat(16)],
  ])('takes %s', (_name, secret) => {
    expect(() => {
      checkSecret(secret);
    }).not.toThrow();
  });

  it.each(['', 'hunter2', 'x'.repeat(31)])('refuses "%s", says how to make one, and does not quote it', (secret) => {
    const quoted = secret === '' ? undefined : secret;
    let message = '';
    try {
      checkSecret(secret);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(
      `has ${secret.length} bytes and needs at least 32; \`openssl rand -base64 32\` makes one`,
    );
    if (quoted !== undefined) expect(message.includes(quoted)).toBe(false);
  });
});
