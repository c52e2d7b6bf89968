import { Revocations } from '../../src/auth/revocations';
import { mintToken, type MintOptions } from '../../src/auth/token-minter';
import { TokenVerifier, type TokenVerifierOptions } from '../../src/auth/token-verifier';
import { forge, hmac, makePair, part, signer } from './support/forge';
import { refusal } from './support/refusals';

const SECRET = 'an old secret of thirty-two bytes';
const START = 1_700_000_000_000;
const SECONDS = START / 1000;

let now = START;
const clock = () => now;
beforeEach(() => {
  now = START;
});

const noRevocations = { isRevoked: () => false };

function makeVerifier(options: Partial<TokenVerifierOptions> = {}): TokenVerifier {
  return new TokenVerifier({ secret: { value: SECRET }, revocations: noRevocations, now: clock, ...options });
}

function mint(options: Partial<MintOptions> = {}): string {
  return mintToken({ scopes: ['append:cars'], now: clock, ...options }, SECRET).token;
}

/** A token signed as it should be, with any claims. */
function signed(claims: object, header: object = {}): string {
  return forge({ alg: 'HS256', typ: 'JWT', ...header }, claims, hmac(SECRET));
}

const rsa = makePair('RS256');
const publicPem = rsa.publicKey.export({ format: 'pem', type: 'spki' });
const CLAIMS = { scope: 'admin' };
const GOOD = signed(CLAIMS);

const MALFORMED = 'the token is not a signed JWT';
const BAD_ALGORITHM = 'the token is signed with an algorithm that is not accepted';
const BAD_SIGNATURE = 'the token is malformed or its signature is wrong';

describe('TokenVerifier › known', () => {
  it('gives the bearer of a token that has been verified, while that is remembered', () => {
    const verifier = makeVerifier();
    const token = mint({ subject: 'me', expiresIn: 60 });
    expect(verifier.known(token)).toBeUndefined();
    const principal = verifier.verify(token);
    expect(verifier.known(token)).toBe(principal);
    now += 66_000;
    expect(verifier.known(token)).toBeUndefined();
  });

  it('knows no token that is not valid, and none that has been revoked', () => {
    const revoked = new Set<string>();
    const verifier = makeVerifier({ revocations: { isRevoked: (id) => revoked.has(id) } });
    const { token, tokenId } = mintToken({ scopes: ['append:cars'], now: clock }, SECRET);
    void verifier.verify(token);
    expect(() => verifier.verify(`${GOOD}x`)).toThrow();
    expect(verifier.known(`${GOOD}x`)).toBeUndefined();
    expect(verifier.known(token)).toBeDefined();
    revoked.add(tokenId);
    expect(verifier.known(token)).toBeUndefined();
  });
});

describe('TokenVerifier › verify', () => {
  it('answers at once for a token signed with the secret', () => {
    const minted = mintToken({ scopes: ['append:cars'], subject: 'me', expiresIn: 60, now: clock }, SECRET);
    const principal = makeVerifier({ clockTolerance: 5 }).verify(minted.token);
    expect(principal).toMatchObject({ subject: 'me', tokenId: minted.tokenId, expiresAt: START + 65_000 });
    expect(principal).not.toBeInstanceOf(Promise);
  });

  it('leaves out what the token does not say', () => {
    expect(Object.keys(makeVerifier().verify(GOOD))).toEqual(['scopes', 'holder']);
  });

  it('takes all tokens of a subject for one holder, and each token without a subject for another', () => {
    const holderOf = (claims: object): string => {
      const principal = makeVerifier().verify(signed(claims));
      if (principal instanceof Promise) throw new Error('the secret is known');
      return principal.holder;
    };
    expect(holderOf({ sub: 'somebody', scope: 'admin' })).toBe('subject somebody');
    expect(holderOf({ sub: 'somebody', jti: '1' })).toBe('subject somebody');
    const strangers = [holderOf({ jti: '1' }), holderOf({ jti: '2' }), holderOf({ sub: 'token' })];
    expect(new Set(strangers).size).toBe(3);
    expect(strangers.slice(0, 2)).toEqual([
      expect.stringMatching(/^token [\w-]{22}$/),
      expect.stringMatching(/^token /),
    ]);
  });

  it.each<[string, string, string]>([
    ['an empty text', '', MALFORMED],
    ['garbage', 'undefined', MALFORMED],
    ['two parts', GOOD.split('.').slice(0, 2).join('.'), MALFORMED],
    ['four parts', `${GOOD}.abc`, MALFORMED],
    ['a space in it', GOOD.replace('.', ' .'), MALFORMED],
    ['a line break behind it', `${GOOD}\n`, MALFORMED],
    ['base64 instead of base64url', `${GOOD}=`, MALFORMED],
    ['characters outside ASCII', `${GOOD}é`, MALFORMED],
    ['a header that is no JSON', forge('{', CLAIMS, hmac(SECRET)), MALFORMED],
    ['a header that is null', forge('null', CLAIMS, hmac(SECRET)), MALFORMED],
    ['a header that is an array', forge([], CLAIMS, hmac(SECRET)), MALFORMED],
    ['a header without alg', forge({ typ: 'JWT' }, CLAIMS, hmac(SECRET)), BAD_ALGORITHM],
    ['alg none without a signature', forge({ alg: 'none' }, CLAIMS, () => ''), MALFORMED],
    ['alg none with the rest of a good token', forge({ alg: 'none' }, CLAIMS, hmac(SECRET)), BAD_ALGORITHM],
    ['alg None', forge({ alg: 'None' }, CLAIMS, hmac(SECRET)), BAD_ALGORITHM],
    ['alg in lower case', forge({ alg: 'hs256' }, CLAIMS, hmac(SECRET)), BAD_ALGORITHM],
    ['alg as an array', forge({ alg: ['HS256'] }, CLAIMS, hmac(SECRET)), BAD_ALGORITHM],
    ['alg constructor', forge({ alg: 'constructor' }, CLAIMS, hmac(SECRET)), BAD_ALGORITHM],
    ['alg __proto__', forge({ alg: '__proto__' }, CLAIMS, hmac(SECRET)), BAD_ALGORITHM],
    ['HS384 under the secret', forge({ alg: 'HS384' }, CLAIMS, hmac(SECRET, 'sha384')), BAD_ALGORITHM],
    ['HS512 under the secret', forge({ alg: 'HS512' }, CLAIMS, hmac(SECRET, 'sha512')), BAD_ALGORITHM],
    ['RS256 without a key set', forge({ alg: 'RS256' }, CLAIMS, signer('RS256', rsa.privateKey)), BAD_ALGORITHM],
    [
      'a key that brings itself',
      forge({ alg: 'RS256', jwk: {} }, CLAIMS, signer('RS256', rsa.privateKey)),
      BAD_ALGORITHM,
    ],
    ['a key id that is a number', signed(CLAIMS, { kid: 5 }), 'the key id of the token is not a string'],
    [
      'a critical extension',
      signed(CLAIMS, { crit: ['b64'], b64: false }),
      'the token needs an extension that is not supported',
    ],
    ['an empty signature', GOOD.replace(/[^.]+$/, ''), MALFORMED],
    ['another secret', forge({ alg: 'HS256' }, CLAIMS, hmac('another secret of thirty-two bytes')), BAD_SIGNATURE],
    ['an empty secret', forge({ alg: 'HS256' }, CLAIMS, hmac('')), BAD_SIGNATURE],
    ['a public key as the secret', forge({ alg: 'HS256' }, CLAIMS, hmac(publicPem.toString())), BAD_SIGNATURE],
    ['a signature cut short', GOOD.slice(0, -1), BAD_SIGNATURE],
    ['other claims under an old signature', GOOD.replace(/\.[^.]+\./, `.${part({ scope: 'admin ' })}.`), BAD_SIGNATURE],
    ['a bad signature and claims that expired', forge({ alg: 'HS256' }, { exp: 1 }, hmac('?')), BAD_SIGNATURE],
    ['a payload that is no JSON', forge({ alg: 'HS256' }, '{"scope"', hmac(SECRET)), MALFORMED],
    [
      'a payload that is no JSON, of type JWT',
      forge({ alg: 'HS256', typ: 'JWT' }, '{"scope"', hmac(SECRET)),
      BAD_SIGNATURE,
    ],
    ['a payload that is a text', forge({ alg: 'HS256' }, '"admin"', hmac(SECRET)), MALFORMED],
    ['a payload that is an array', forge({ alg: 'HS256' }, '["admin"]', hmac(SECRET)), MALFORMED],
    ['a payload that is null', forge({ alg: 'HS256' }, 'null', hmac(SECRET)), MALFORMED],
    ['a huge token', signed({ ...CLAIMS, filler: 'x'.repeat(32_768) }), 'the token is longer than 32768 characters'],
    ['a huge text', 'x'.repeat(10_000_000), 'the token is longer than 32768 characters'],
  ])('refuses %s', async (_name, token, message) => {
    expect(await refusal(() => makeVerifier().verify(token))).toBe(`unauthenticated: ${message}`);
  });

  it.each<[string, object, string]>([
    ['that expired', { exp: SECONDS - 5 }, 'the token has expired'],
    ['that expired long ago', { exp: 0 }, 'the token has expired'],
    ['that is not valid yet', { nbf: SECONDS + 6 }, 'the token is not valid yet'],
    ['with an expiry that is a text', { exp: '9999999999' }, 'the claim exp is not a date'],
    ['with an expiry that is null', { exp: null }, 'the claim exp is not a date'],
    ['with an expiry beyond all dates', { exp: 8.64e12 + 1 }, 'the claim exp is not a date'],
    ['with a start before all dates', { nbf: -1e300 }, 'the claim nbf is not a date'],
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
    const rules = { value: SECRET, issuer: 'us', audience: 'hub' };
    const verifier = makeVerifier({ secret: rules });
    expect(await refusal(() => verifier.verify(signed(given)))).toBe(`unauthenticated: ${message}`);
  });

  it.each<[string, object]>([
    ['an audience among others', { iss: 'us', aud: ['a', 'hub'] }],
    ['an expiry within the tolerance', { iss: 'us', aud: 'hub', exp: SECONDS - 4 }],
    ['a start within the tolerance', { iss: 'us', aud: 'hub', nbf: SECONDS + 5 }],
    ['an expiry with a fraction', { iss: 'us', aud: 'hub', exp: SECONDS + 0.5 }],
    ['the last expiry there is', { iss: 'us', aud: 'hub', exp: 8.64e12 }],
  ])('takes a token with %s', (_name, given) => {
    const verifier = makeVerifier({ secret: { value: SECRET, issuer: 'us', audience: 'hub' } });
    expect(verifier.verify(signed(given))).toHaveProperty('scopes');
  });

  it('takes tokens of any issuer and for any audience when it is not told which', () => {
    expect(makeVerifier().verify(signed({ iss: 'them', aud: 'others' }))).toHaveProperty('scopes');
  });

  it('takes what the minter made for its issuer and audience', () => {
    const token = mint({ issuer: 'us', audience: 'hub' });
    const verifier = makeVerifier({ secret: { value: SECRET, issuer: 'us', audience: 'hub' } });
    expect(verifier.verify(token)).toHaveProperty('tokenId');
  });

  it('refuses a good token with any one character changed or left out', async () => {
    const verifier = makeVerifier();
    const answers = new Set<string>();
    for (let index = 0; index < GOOD.length; index += 1) {
      const [before, after] = [GOOD.slice(0, index), GOOD.slice(index + 1)];
      for (const character of ['', 'A', 'B', '.']) {
        const token = `${before}${character}${after}`;
        if (token !== GOOD) answers.add((await refusal(() => verifier.verify(token))).slice(0, 16));
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
    now = START + 59_999;
    const principal = verifier.verify(token);
    expect(verifier.verify(token)).toBe(principal);
    now = START + 60_000;
    expect(await refusal(() => verifier.verify(token))).toBe('unauthenticated: the token has expired');
  });

  it('refuses a remembered token from the moment it is revoked', async () => {
    const revocations = new Revocations({ persist: () => Promise.resolve(), now: clock });
    const verifier = makeVerifier({ revocations });
    const minted = mintToken({ scopes: ['admin'], now: clock }, SECRET);
    const others = mint();
    expect(verifier.verify(minted.token)).toHaveProperty('tokenId', minted.tokenId);
    await revocations.revoke(minted.tokenId);
    expect(await refusal(() => verifier.verify(minted.token))).toBe('unauthenticated: the token has been revoked');
    expect(verifier.verify(others)).toHaveProperty('scopes');
  });

  it('takes a token without an id, which cannot be revoked', () => {
    expect(makeVerifier({ revocations: { isRevoked: () => true } }).verify(GOOD)).toHaveProperty('scopes');
  });

  it('refuses a token that was revoked before it was first seen', async () => {
    const revocations = new Revocations({ persist: () => Promise.resolve(), now: clock });
    const minted = mintToken({ scopes: ['admin'], expiresIn: 60, now: clock }, SECRET);
    await revocations.revoke(minted.tokenId, minted.expiresAt);
    const verifier = makeVerifier({ revocations });
    const answers = [];
    for (const second of [0, 59, 64, 65, 3600]) {
      now = START + second * 1000;
      answers.push(await refusal(() => verifier.verify(minted.token)));
    }
    const revoked = 'unauthenticated: the token has been revoked';
    const expired = 'unauthenticated: the token has expired';
    expect(answers).toEqual([revoked, revoked, revoked, expired, expired]);
  });
});

describe('TokenVerifier › options', () => {
  it.each([0, 60])('takes a tolerance of %d seconds', (clockTolerance) => {
    const verifier = makeVerifier({ clockTolerance });
    expect(verifier.verify(signed({ exp: SECONDS - clockTolerance + 1 }))).toHaveProperty('scopes');
  });

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
