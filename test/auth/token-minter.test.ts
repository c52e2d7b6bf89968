import { decode } from 'jsonwebtoken';
import { mintToken, type MintOptions } from '../../src/auth/token-minter';
import { TokenVerifier } from '../../src/auth/token-verifier';
import { refusal } from './support/refusals';

const SECRET = 'an old secret of thirty-two bytes';
const now = () => 1_700_000_000_999;

const verifier = new TokenVerifier({ secret: { value: SECRET }, revocations: { isRevoked: () => false }, now });

describe('mintToken', () => {
  it('makes a token that says what was asked for', () => {
    const { token, tokenId, expiresAt } = mintToken(
      { scopes: ['append:cars', 'read:*'], expiresIn: 60, subject: 'me', issuer: 'us', audience: 'hub', now },
      SECRET,
    );
    expect(decode(token, { complete: true })).toMatchObject({
      header: { alg: 'HS256', typ: 'JWT' },
      payload: {
        scope: 'append:cars read:*',
        sub: 'me',
        iss: 'us',
        aud: 'hub',
        iat: 1_700_000_000,
        exp: 1_700_000_060,
        jti: tokenId,
      },
    });
    expect(expiresAt).toBe(1_700_000_060_000);
  });

  it('makes a token that does not expire and says no more than it must', () => {
    const minted = mintToken({ scopes: ['admin'], now }, SECRET);
    expect(minted).not.toHaveProperty('expiresAt');
    expect(Object.keys(decode(minted.token, { json: true }) ?? {}).sort()).toEqual(['iat', 'jti', 'scope']);
  });

  it('gives every token an id of its own', () => {
    const ids = Array.from({ length: 100 }, () => mintToken({ scopes: ['admin'] }, SECRET).tokenId);
    expect(new Set(ids).size).toBe(100);
  });

  it('makes tokens for topics with a space in their name', async () => {
    const { token } = mintToken({ scopes: ['append:my topic', 'read:cars'], now }, SECRET);
    const { scopes } = await verifier.verify(token);
    expect([scopes.mayAppend('my topic'), scopes.mayAppend('my'), scopes.mayRead('cars')]).toEqual([true, false, true]);
  });

  it.each(['DATASOURCES:APPEND:cars', 'datasource:append:cars', 'DATASOURCES:CREATE', 'ADMIN'])(
    'takes the scope %s as Tinybird writes it',
    async (scope) => {
      const { scopes } = await verifier.verify(mintToken({ scopes: [scope], now }, SECRET).token);
      expect(scopes.mayAppend('cars')).toBe(true);
    },
  );

  it.each<[string, Partial<MintOptions>, RegExp]>([
    ['no scope', { scopes: [] }, /needs at least one scope: append:<topic>, read:<topic>, create, admin/],
    [
      'an unknown scope',
      { scopes: ['admin', 'write:cars'] },
      /"write:cars" is not a scope: write append:<topic>, read/,
    ],
    ['a scope without its topic', { scopes: ['append:'] }, /"append:" is not a scope/],
    ['an empty scope', { scopes: [''] }, /"" is not a scope/],
    ['two scopes in one text', { scopes: ['create admin'] }, /"create admin" is not a scope/],
    ['no time to live', { expiresIn: 0 }, /whole number of seconds, at least 1/],
    ['a negative time to live', { expiresIn: -5 }, /whole number of seconds/],
    ['a fraction of a second', { expiresIn: 1.5 }, /whole number of seconds/],
    ['a time to live that is no number', { expiresIn: NaN }, /whole number of seconds/],
    ['more scopes than a token can carry', { scopes: Array<string>(1800).fill('append:cars') }, /give it fewer scopes/],
  ])('refuses %s', async (_name, options, message) => {
    const answer = await refusal(() => mintToken({ scopes: ['admin'], ...options }, SECRET));
    expect(answer).toMatch(/^invalid_query: /);
    expect(answer).toMatch(message);
  });

  it('makes a token of half the length that a verifier takes, and none that is longer', async () => {
    const LONGEST = 16_384;
    const mint = (length: number) => mintToken({ scopes: ['admin'], subject: 'x'.repeat(length), now }, SECRET).token;
    let length = 12_000;
    while (mint(length).length < LONGEST) length += 1;
    expect(mint(length)).toHaveLength(LONGEST);
    expect(await verifier.verify(mint(length))).toHaveProperty('subject', 'x'.repeat(length));
    expect(await refusal(() => mint(length + 1))).toMatch(/longer than 16384 characters: give it fewer scopes$/);
  });

  it('refuses to sign with a short secret', () => {
    expect(() => mintToken({ scopes: ['admin'] }, 'short')).toThrow('has 5 bytes and needs at least 32');
  });
});
