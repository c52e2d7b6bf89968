import { Revocations } from '../../src/auth/revocations';
import { mintToken, type MintOptions } from '../../src/auth/token-minter';
import { TokenVerifier, type TokenVerifierOptions } from '../../src/auth/token-verifier';
import { forge, hmac, makePair, part, signer } from './support/forge';
import { refusal } from './support/refusals';

const secret = 'an old secret of thirty-two bytes';
const start = 1_700_000_000_000;
const seconds = start / 1000;

let now = start;
const clock = () => now;
beforeEach(() => {
  now = start;
});

const noRevocations = { isRevoked: () => false };

function makeVerifier(options: Partial<TokenVerifierOptions> = {}): TokenVerifier {
  return new TokenVerifier({ secret: { value: secret }, revocations: noRevocations, now: clock, ...options });
}

function mint(options: Partial<MintOptions> = {}): string {
  return mintToken({ scopes: ['append:cars'], now: clock, ...options }, secret).token;
}

/** A token signed as it should be, with any claims. */
function signed(claims: object, header: object = {}): string {
  return forge({ alg: 'HS256', typ: 'JWT', ...header }, claims, hmac(secret));
}

const rsa = makePair('RS256');
const publicPem = rsa.publicKey.export({ format: 'pem', type: 'spki' });
const claims = { scope: 'admin' };
const good = signed(claims);

const malformed = 'the token is not a signed JWT';
const badAlgorithm = 'the token is signed with an algorithm that is not accepted';
const badSignature = 'the token is malformed or its signature is wrong';

describe('TokenVerifier › verify', () => {
  it('answers at once for a token signed with the secret', () => {
    const minted = mintToken({ scopes: ['append:cars'], subject: 'me', expiresIn: 60, now: clock }, secret);
    const principal = makeVerifier({ clockTolerance: 5 }).verify(minted.token);
    expect(principal).toMatchObject({ subject: 'me', tokenId: minted.tokenId, expiresAt: start + 65_000 });
    expect(principal).not.toBeInstanceOf(Promise);
  });

  it('leaves out what the token does not say', () => {
    expect(Object.keys(makeVerifier().verify(good))).toEqual(['scopes']);
  });

  it.each<[string, string, string]>([
    ['an empty text', '', malformed],
    ['garbage', 'undefined', malformed],
    ['two parts', good.split('.').slice(0, 2).join('.'), malformed],
    ['four parts', `${good}.abc`, malformed],
    ['a space in it', good.replace('.', ' .'), malformed],
    ['a line break behind it', `${good}\n`, malformed],
    ['base64 instead of base64url', `${good}=`, malformed],
    ['characters outside ASCII', `${good}é`, malformed],
    ['a header that is no JSON', forge('{', claims, hmac(secret)), malformed],
    ['a header that is null', forge('null', claims, hmac(secret)), malformed],
    ['a header that is an array', forge([], claims, hmac(secret)), malformed],
    ['a header without alg', forge({ typ: 'JWT' }, claims, hmac(secret)), badAlgorithm],
    ['alg none without a signature', forge({ alg: 'none' }, claims, () => ''), malformed],
    ['alg none with the rest of a good token', forge({ alg: 'none' }, claims, hmac(secret)), badAlgorithm],
    ['alg None', forge({ alg: 'None' }, claims, hmac(secret)), badAlgorithm],
    ['alg in lower case', forge({ alg: 'hs256' }, claims, hmac(secret)), badAlgorithm],
    ['alg as an array', forge({ alg: ['HS256'] }, claims, hmac(secret)), badAlgorithm],
    ['alg constructor', forge({ alg: 'constructor' }, claims, hmac(secret)), badAlgorithm],
    ['alg __proto__', forge({ alg: '__proto__' }, claims, hmac(secret)), badAlgorithm],
    ['HS384 under the secret', forge({ alg: 'HS384' }, claims, hmac(secret, 'sha384')), badAlgorithm],
    ['HS512 under the secret', forge({ alg: 'HS512' }, claims, hmac(secret, 'sha512')), badAlgorithm],
    ['RS256 without a key set', forge({ alg: 'RS256' }, claims, signer('RS256', rsa.privateKey)), badAlgorithm],
    [
      'a key that brings itself',
      forge({ alg: 'RS256', jwk: {} }, claims, signer('RS256', rsa.privateKey)),
      badAlgorithm,
    ],
    ['a key id that is a number', signed(claims, { kid: 5 }), 'the key id of the token is not a string'],
    [
      'a critical extension',
      signed(claims, { crit: ['b64'], b64: false }),
      'the token needs an extension that is not supported',
    ],
    ['an empty signature', good.replace(/[^.]+$/, ''), malformed],
    ['another secret', forge({ alg: 'HS256' }, claims, hmac('another secret of thirty-two bytes')), badSignature],
    ['an empty secret', forge({ alg: 'HS256' }, claims, hmac('')), badSignature],
    ['a public key as the secret', forge({ alg: 'HS256' }, claims, hmac(publicPem.toString())), badSignature],
    ['a signature cut short', good.slice(0, -1), badSignature],
    ['other claims under an old signature', good.replace(/\.[^.]+\./, `.${part({ scope: 'admin ' })}.`), badSignature],
    ['a bad signature and claims that expired', forge({ alg: 'HS256' }, { exp: 1 }, hmac('?')), badSignature],
    ['a payload that is no JSON', forge({ alg: 'HS256' }, '{"scope"', hmac(secret)), malformed],
    [
      'a payload that is no JSON, of type JWT',
      forge({ alg: 'HS256', typ: 'JWT' }, '{"scope"', hmac(secret)),
      badSignature,
    ],
    ['a payload that is a text', forge({ alg: 'HS256' }, '"admin"', hmac(secret)), malformed],
    ['a payload that is an array', forge({ alg: 'HS256' }, '["admin"]', hmac(secret)), malformed],
    ['a payload that is null', forge({ alg: 'HS256' }, 'null', hmac(secret)), malformed],
    ['a huge token', signed({ ...claims, filler: 'x'.repeat(8192) }), 'the token is longer than 8192 characters'],
    ['a huge text', 'x'.repeat(10_000_000), 'the token is longer than 8192 characters'],
  ])('refuses %s', async (_name, token, message) => {
    expect(await refusal(() => makeVerifier().verify(token))).toBe(`unauthenticated: ${message}`);
  });

  it.each<[string, object, string]>([
    ['that expired', { exp: seconds - 5 }, 'the token has expired'],
    ['that expired long ago', { exp: 0 }, 'the token has expired'],
    ['that is not valid yet', { nbf: seconds + 6 }, 'the token is not valid yet'],
    ['with an expiry that is a text', { exp: '9999999999' }, 'the claim exp is not a date'],
    ['with an expiry that is null', { exp: null }, 'the claim exp is not a date'],
    ['with an expiry beyond all dates', { exp: 1e300 }, 'the claim exp is not a date'],
    ['with a start that is a text', { nbf: '0' }, 'the claim nbf is not a date'],
    ['with an id that is a number', { iss: 'us', aud: 'hub', jti: 5 }, 'the claim jti is not a string'],
    ['with a subject that is an object', { iss: 'us', aud: 'hub', sub: {} }, 'the claim sub is not a string'],
    ['without an issuer', { aud: 'hub' }, 'the token comes from another issuer'],
    ['of another issuer', { iss: 'them', aud: 'hub' }, 'the token comes from another issuer'],
    ['with issuers in an array', { iss: ['us'], aud: 'hub' }, 'the token comes from another issuer'],
    ['without an audience', { iss: 'us' }, 'the token is meant for another audience'],
    ['for another audience', { iss: 'us', aud: 'hubs' }, 'the token is meant for another audience'],
    ['for other audiences', { iss: 'us', aud: ['a', 'b'] }, 'the token is meant for another audience'],
  ])('refuses a token %s', async (_name, given, message) => {
    const rules = { value: secret, issuer: 'us', audience: 'hub' };
    const verifier = makeVerifier({ secret: rules });
    expect(await refusal(() => verifier.verify(signed(given)))).toBe(`unauthenticated: ${message}`);
  });

  it.each<[string, object]>([
    ['an audience among others', { iss: 'us', aud: ['a', 'hub'] }],
    ['an expiry within the tolerance', { iss: 'us', aud: 'hub', exp: seconds - 4 }],
    ['a start within the tolerance', { iss: 'us', aud: 'hub', nbf: seconds + 5 }],
    ['an expiry with a fraction', { iss: 'us', aud: 'hub', exp: seconds + 0.5 }],
  ])('takes a token with %s', (_name, given) => {
    const verifier = makeVerifier({ secret: { value: secret, issuer: 'us', audience: 'hub' } });
    expect(verifier.verify(signed(given))).toHaveProperty('scopes');
  });

  it('takes what the minter made for its issuer and audience', () => {
    const token = mint({ issuer: 'us', audience: 'hub' });
    const verifier = makeVerifier({ secret: { value: secret, issuer: 'us', audience: 'hub' } });
    expect(verifier.verify(token)).toHaveProperty('tokenId');
  });

  it('refuses a good token with any one character changed or left out', async () => {
    const verifier = makeVerifier();
    const answers = new Set<string>();
    for (let index = 0; index < good.length; index += 1) {
      const [before, after] = [good.slice(0, index), good.slice(index + 1)];
      for (const character of ['', 'A', 'B', '.']) {
        const token = `${before}${character}${after}`;
        if (token !== good) answers.add((await refusal(() => verifier.verify(token))).slice(0, 16));
      }
    }
    expect([...answers]).toEqual(['unauthenticated:']);
  });

  it('quotes nothing of a token when it refuses one', async () => {
    const token = signed({ scope: 'admin', exp: 'secret-claim' }, { kid: 'secret-key' });
    for (const broken of [token, `${token}x`, token.replace('.', '.x'), token.slice(1)]) {
      const message = await refusal(() => makeVerifier().verify(broken));
      expect(broken.split('.').some((piece) => message.includes(piece))).toBe(false);
      expect(message).not.toContain('secret-');
    }
  });
});

describe('TokenVerifier › memory', () => {
  it('gives the same principal for a token it remembers', () => {
    const verifier = makeVerifier();
    const token = mint();
    expect(verifier.verify(token)).toBe(verifier.verify(token));
  });

  it('remembers nothing when told to', () => {
    const verifier = makeVerifier({ rememberedTokens: 0 });
    const token = mint();
    expect(verifier.verify(token)).not.toBe(verifier.verify(token));
  });

  it('refuses a remembered token from the moment it expires', async () => {
    const verifier = makeVerifier({ clockTolerance: 0 });
    const token = mint({ expiresIn: 60 });
    now = start + 59_999;
    const principal = verifier.verify(token);
    expect(verifier.verify(token)).toBe(principal);
    now = start + 60_000;
    expect(await refusal(() => verifier.verify(token))).toBe('unauthenticated: the token has expired');
  });

  it('refuses a remembered token from the moment it is revoked', async () => {
    const revocations = new Revocations({ persist: () => Promise.resolve(), now: clock });
    const verifier = makeVerifier({ revocations });
    const minted = mintToken({ scopes: ['admin'], now: clock }, secret);
    const others = mint();
    expect(verifier.verify(minted.token)).toHaveProperty('tokenId', minted.tokenId);
    await revocations.revoke(minted.tokenId);
    expect(await refusal(() => verifier.verify(minted.token))).toBe('unauthenticated: the token has been revoked');
    expect(verifier.verify(others)).toHaveProperty('scopes');
  });

  it('refuses a token that was revoked before it was first seen', async () => {
    const revocations = new Revocations({ persist: () => Promise.resolve(), now: clock });
    const minted = mintToken({ scopes: ['admin'], expiresIn: 60, now: clock }, secret);
    await revocations.revoke(minted.tokenId, minted.expiresAt);
    const verifier = makeVerifier({ revocations });
    const answers = [];
    for (const second of [0, 59, 64, 65, 3600]) {
      now = start + second * 1000;
      answers.push(await refusal(() => verifier.verify(minted.token)));
    }
    const revoked = 'unauthenticated: the token has been revoked';
    const expired = 'unauthenticated: the token has expired';
    expect(answers).toEqual([revoked, revoked, revoked, expired, expired]);
  });
});

describe('TokenVerifier › options', () => {
  it.each<[string, Partial<TokenVerifierOptions>, RegExp]>([
    ['neither a secret nor a key set', { secret: undefined }, /only with a secret or a key set/],
    ['a secret that is too short', { secret: { value: 'short' } }, /has 5 bytes and needs at least 32/],
    ['a tolerance below zero', { clockTolerance: -1 }, /must be 0 to 60 seconds/],
    ['a tolerance that outlives revocations', { clockTolerance: 61 }, /must be 0 to 60 seconds/],
    ['a tolerance that is no number', { clockTolerance: NaN }, /must be 0 to 60 seconds/],
  ])('refuses %s', (_name, options, message) => {
    expect(() => makeVerifier(options)).toThrow(message);
  });
});
