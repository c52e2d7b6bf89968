import { KeySet, type KeySetOptions } from '../../src/auth/key-set';
import { Revocations } from '../../src/auth/revocations';
import { mintToken } from '../../src/auth/token-minter';
import { TokenVerifier, type TokenVerifierOptions } from '../../src/auth/token-verifier';
import { forge, hmac, makePair, signer } from './support/forge';
import { Issuer } from './support/issuer';
import { refusal } from './support/refusals';

const SECRET = 'an old secret of thirty-two bytes';
const CLAIMS = { sub: 'me', scope: 'append:cars' };

let now = 1_700_000_000_000;
const clock = () => now;

function makeVerifier(issuer: Issuer, options: Partial<TokenVerifierOptions> & { keys?: Partial<KeySetOptions> } = {}) {
  const { keys, ...rest } = options;
  return new TokenVerifier({
    keySet: { keys: new KeySet({ url: issuer.url, now: clock, ...keys }) },
    revocations: { isRevoked: () => false },
    now: clock,
    ...rest,
  });
}

describe('TokenVerifier with a key set', () => {
  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    'takes %s, and refuses it under another key, with other claims, and with a wrong signature',
    async (algorithm) => {
      const issuer = await Issuer.start(algorithm);
      const verifier = makeVerifier(issuer);
      const good = issuer.token(algorithm, CLAIMS);
      expect(await verifier.verify(good)).toMatchObject({ subject: 'me' });

      const header = { alg: algorithm, kid: algorithm };
      const [head, , signature] = good.split('.');
      const [, otherPayload] = issuer.token(algorithm, { scope: 'admin' }).split('.');
      const bad = [
        forge(header, CLAIMS, signer(algorithm, makePair(algorithm).privateKey)),
        [head, otherPayload, signature].join('.'),
        forge(header, CLAIMS, () => 'AAAA'),
        forge(header, CLAIMS, () => 'A'.repeat(signature?.length ?? 0)),
      ];
      for (const token of bad) {
        expect(await refusal(() => verifier.verify(token))).toMatch(/^unauthenticated: .* its signature is wrong$/);
      }
    },
  );

  it('refuses HS256 under the public key, in each form that key has', async () => {
    const issuer = await Issuer.start();
    const publicKey = issuer.addKey('RS256');
    const forms = [
      publicKey.export({ format: 'pem', type: 'spki' }),
      publicKey.export({ format: 'pem', type: 'pkcs1' }),
      publicKey.export({ format: 'der', type: 'spki' }),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
    ];
    const verifiers = [makeVerifier(issuer), makeVerifier(issuer, { secret: { value: SECRET } })];
    for (const verifier of verifiers) await verifier.verify(issuer.token('RS256', CLAIMS));
    for (const form of forms) {
      const token = forge({ alg: 'HS256', kid: 'RS256' }, CLAIMS, hmac(form));
      for (const verifier of verifiers) expect(await refusal(() => verifier.verify(token))).toMatch(/^unauthenticated/);
    }
  });

  it.each(['none', 'HS384', 'HS512', 'RS1', 'ES256K', 'rs256', undefined, 5, null])(
    'refuses the algorithm %s before anybody is asked for keys',
    async (alg) => {
      const issuer = await Issuer.start('RS256');
      const token = issuer.token('RS256', CLAIMS, { alg });
      expect(await refusal(() => makeVerifier(issuer).verify(token))).toBe(
        'unauthenticated: the token is signed with an algorithm that is not accepted',
      );
      expect(issuer.requests).toBe(0);
    },
  );

  it.each<[string, string, string]>([
    ['an algorithm of another family', 'ES256', 'RS256'],
    ['another algorithm than the key is for', 'RS256', 'RS512'],
    ['another curve than the key has', 'ES256', 'ES384'],
    ['EdDSA with an elliptic curve of another kind', 'ES256', 'EdDSA'],
  ])('refuses %s', async (_name, keyAlgorithm, algorithm) => {
    const issuer = await Issuer.start(keyAlgorithm);
    const token = issuer.token(keyAlgorithm, CLAIMS, { alg: algorithm });
    expect(await refusal(() => makeVerifier(issuer).verify(token))).toBe(
      'unauthenticated: the token is signed with an unknown key',
    );
  });

  it.each<[string, object, string]>([
    ['expired', { exp: 1 }, 'the token has expired'],
    ['not valid yet', { nbf: 9_999_999_999 }, 'the token is not valid yet'],
    ['from another issuer', { iss: 'them', aud: 'hub' }, 'the token comes from another issuer'],
    ['for another audience', { iss: 'us', aud: 'others' }, 'the token is meant for another audience'],
  ])('refuses a token that is %s', async (_name, given, message) => {
    const issuer = await Issuer.start('EdDSA', 'ES256');
    const keys = new KeySet({ url: issuer.url });
    const verifier = makeVerifier(issuer, { keySet: { keys, issuer: 'us', audience: 'hub' } });
    for (const key of ['EdDSA', 'ES256']) {
      expect(await refusal(() => verifier.verify(issuer.token(key, given)))).toBe(`unauthenticated: ${message}`);
    }
  });

  it('takes tokens of the secret and of the key set side by side, each under its own rules', async () => {
    const issuer = await Issuer.start('ES256');
    const keys = new KeySet({ url: issuer.url });
    const verifier = makeVerifier(issuer, { secret: { value: SECRET }, keySet: { keys, issuer: 'us' } });
    expect(verifier.verify(mintToken({ scopes: ['admin'] }, SECRET).token)).toHaveProperty('tokenId');
    expect(await verifier.verify(issuer.token('ES256', { iss: 'us' }))).toHaveProperty('scopes');
    expect(await refusal(() => verifier.verify(issuer.token('ES256', CLAIMS)))).toMatch(/another issuer$/);
  });

  it('answers at once when the key is at hand', async () => {
    const issuer = await Issuer.start('ES256');
    const verifier = makeVerifier(issuer);
    const first = verifier.verify(issuer.token('ES256', CLAIMS));
    expect(first).toBeInstanceOf(Promise);
    await first;
    expect(verifier.verify(issuer.token('ES256', { sub: 'another' }))).toMatchObject({ subject: 'another' });
  });

  it.each(['ES256', 'EdDSA'])('asks once and verifies once for one %s token on many connections', async (algorithm) => {
    const issuer = await Issuer.start(algorithm);
    const verifier = makeVerifier(issuer);
    const token = issuer.token(algorithm, CLAIMS);
    const principals = await Promise.all(Array.from({ length: 500 }, async () => verifier.verify(token)));
    expect(new Set(principals).size).toBe(1);
    expect(issuer.requests).toBe(1);
  });

  it('verifies an EdDSA token once for many connections also when the key is at hand', async () => {
    const issuer = await Issuer.start('EdDSA');
    const verifier = makeVerifier(issuer);
    await verifier.verify(issuer.token('EdDSA', CLAIMS));
    const token = issuer.token('EdDSA', { sub: 'another' });
    const principals = await Promise.all(Array.from({ length: 500 }, async () => verifier.verify(token)));
    expect(new Set(principals).size).toBe(1);
    expect(verifier.verify(token)).toBe(principals[0]);
  });

  it('verifies a token anew after it was refused', async () => {
    const issuer = await Issuer.start('EdDSA');
    const verifier = makeVerifier(issuer);
    const token = issuer.token('EdDSA', { ...CLAIMS, nbf: now / 1000 + 60 });
    expect(await refusal(() => verifier.verify(token))).toBe('unauthenticated: the token is not valid yet');
    now += 60_000;
    expect(await verifier.verify(token)).toMatchObject({ subject: 'me' });
  });

  it('refuses a token that is revoked while its key is fetched', async () => {
    const issuer = await Issuer.start('ES256');
    const revocations = new Revocations({ persist: () => Promise.resolve() });
    const verifier = makeVerifier(issuer, { revocations });
    const release = issuer.hold();
    const asked = issuer.asked();
    const verified = refusal(() => verifier.verify(issuer.token('ES256', { ...CLAIMS, jti: 'one' })));
    await asked;
    await revocations.revoke('one');
    release();
    expect(await verified).toBe('unauthenticated: the token has been revoked');
  });

  it('refuses a remembered token some time after its key was withdrawn', async () => {
    const issuer = await Issuer.start('ES256', 'EdDSA');
    const verifier = makeVerifier(issuer, { keys: { maxAge: 1000, maxStale: 1500, cooldown: 0 } });
    const token = issuer.token('ES256', CLAIMS);
    await verifier.verify(token);
    issuer.withdraw('ES256');
    now += 999;
    expect(verifier.verify(token)).toHaveProperty('subject');
    now += 501;
    expect(await refusal(() => verifier.verify(token))).toBe(
      'unauthenticated: the token is signed with an unknown key',
    );
  });
});
