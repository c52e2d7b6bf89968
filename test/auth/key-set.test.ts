import { KeySet, type KeySetOptions } from '../../src/auth/key-set';
import type { SignatureAlgorithm, TokenHeader } from '../../src/auth/token-signature';
import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { makePair } from './support/forge';
import { Issuer } from './support/issuer';
import { refusal } from './support/refusals';

const UNKNOWN_KEY = 'unauthenticated: the token is signed with an unknown key';
const UNAVAILABLE = 'keys_unavailable: the keys that tokens are checked with cannot be fetched';

let now = 0;
beforeEach(() => {
  now = 0;
});

function keySet(issuer: Issuer, options: Partial<KeySetOptions> = {}): KeySet {
  return new KeySet({ url: issuer.url, now: () => now, ...options });
}

function header(keyId: string | undefined, algorithm: SignatureAlgorithm = 'ES256'): TokenHeader {
  return { algorithm, keyId };
}

/** An issuer that answers with these keys. */
async function issuerOf(...keys: JsonWebKey[]): Promise<Issuer> {
  const issuer = await Issuer.start();
  issuer.answer = (response) => response.end(JSON.stringify({ keys }));
  return issuer;
}

describe('KeySet › find', () => {
  it('fetches the keys when the first is asked for, and keeps them all', async () => {
    const issuer = await Issuer.start('ES256', 'EdDSA');
    const keys = keySet(issuer);
    expect(issuer.requests).toBe(0);
    expect(await keys.find(header('ES256'))).toHaveProperty('asymmetricKeyType', 'ec');
    expect(keys.find(header('EdDSA', 'EdDSA'))).toHaveProperty('asymmetricKeyType', 'ed25519');
    expect(issuer.requests).toBe(1);
  });

  it('finds a key that was added since, after the cool-down', async () => {
    const issuer = await Issuer.start('ES256');
    const keys = keySet(issuer, { cooldown: 1000 });
    await keys.find(header('ES256'));
    issuer.addKey('ES256', 'new');
    now = 999;
    expect(await refusal(() => keys.find(header('new')))).toBe(UNKNOWN_KEY);
    now = 1000;
    expect(await keys.find(header('new'))).toHaveProperty('asymmetricKeyType', 'ec');
    expect(issuer.requests).toBe(2);
  });

  it('asks once per cool-down whatever key ids are invented, and serves the good ones meanwhile', async () => {
    const issuer = await Issuer.start('ES256');
    const keys = keySet(issuer, { cooldown: 1000 });
    for (now = 0; now < 10_000; now += 10) {
      expect(await refusal(() => keys.find(header(`invented ${now}`)))).toBe(UNKNOWN_KEY);
      expect(keys.find(header('ES256'))).toHaveProperty('asymmetricKeyType', 'ec');
    }
    expect(issuer.requests).toBe(10);
  });

  it('shares one fetch among all who wait', async () => {
    const issuer = await Issuer.start('ES256');
    const keys = keySet(issuer, { cooldown: 0 });
    const release = issuer.hold();
    const asked = issuer.asked();
    const found = Array.from({ length: 100 }, async () => keys.find(header('ES256')));
    await asked;
    release();
    expect(new Set(await Promise.all(found)).size).toBe(1);
    expect(issuer.requests).toBe(1);
  });

  it('takes the only key that fits for a token that names none', async () => {
    const issuer = await Issuer.start('ES256', 'EdDSA');
    expect(await keySet(issuer).find(header(undefined))).toHaveProperty('asymmetricKeyType', 'ec');
  });

  it('refuses a token that names no key when several fit', async () => {
    const issuer = await Issuer.start('ES256');
    issuer.addKey('ES256', 'second');
    expect(await refusal(() => keySet(issuer).find(header(undefined)))).toBe(UNKNOWN_KEY);
  });

  it('refuses RSA keys shorter than 2048 bits', async () => {
    const issuer = await Issuer.start();
    issuer.addKey('RS256', 'weak', generateKeyPairSync('rsa', { modulusLength: 1024 }));
    expect(await refusal(() => keySet(issuer).find(header('weak', 'RS256')))).toBe(UNKNOWN_KEY);
  });

  it('takes a key that does not say which algorithm it is for', async () => {
    const { publicKey } = makePair('RS256');
    const keys = keySet(await issuerOf({ ...publicKey.export({ format: 'jwk' }), kid: 'any' }));
    for (const algorithm of ['RS256', 'PS512'] as const) {
      expect(await keys.find(header('any', algorithm))).toHaveProperty('asymmetricKeyType', 'rsa');
      expect(await keys.find(header(undefined, algorithm))).toHaveProperty('asymmetricKeyType', 'rsa');
    }
    expect(await refusal(() => keys.find(header('any', 'ES256')))).toBe(UNKNOWN_KEY);
  });

  it.each<[string, JsonWebKey]>([
    ['is for encryption', { use: 'enc' }],
    ['may not verify', { key_ops: ['encrypt'] }],
    ['is private', makePair('ES256').privateKey.export({ format: 'jwk' })],
    ['is malformed', { x: 'AA' }],
    ['is of a curve that is not supported', generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' })],
  ])('ignores a key that %s, and takes the others of the set', async (_name, properties) => {
    const jwk = () => makePair('ES256').publicKey.export({ format: 'jwk' });
    const keys = keySet(await issuerOf({ ...jwk(), kid: 'bad', ...properties }, { ...jwk(), kid: 'good' }));
    for (const algorithm of ['ES256', 'EdDSA'] as const) {
      expect(await refusal(() => keys.find(header('bad', algorithm)))).toBe(UNKNOWN_KEY);
    }
    expect(keys.find(header('good'))).toHaveProperty('asymmetricKeyType', 'ec');
  });

  it('takes the first of two keys with one id', async () => {
    const issuer = await Issuer.start('ES256');
    const first = issuer.addKey('ES256', 'twice');
    issuer.addKey('ES256', 'twice');
    const found = await keySet(issuer).find(header('twice'));
    expect(found.equals(first)).toBe(true);
  });

  it('does not take a token that names no key for one that names the key "undefined"', async () => {
    const issuer = await Issuer.start('ES256');
    issuer.addKey('ES256', 'undefined');
    const keys = keySet(issuer);
    expect(await keys.find(header('undefined'))).toHaveProperty('asymmetricKeyType', 'ec');
    expect(await refusal(() => keys.find(header(undefined)))).toBe(UNKNOWN_KEY);
  });

  it('asks for keys that it has no sooner than they are old', async () => {
    const issuer = await Issuer.start('ES256');
    const keys = keySet(issuer, { maxAge: 1000, cooldown: 0 });
    now = 5000;
    const key = await keys.find(header('ES256'));
    const fetched = jest.spyOn(globalThis, 'fetch');
    for (now of [5000, 5999]) expect(keys.find(header('ES256'))).toBe(key);
    expect(fetched).not.toHaveBeenCalled();
    now = 6000;
    expect(keys.find(header('ES256'))).toBe(key);
    expect(fetched).toHaveBeenCalledTimes(1);
    fetched.mockRestore();
  });

  it('goes by a clock of its own when it is given none', async () => {
    const issuer = await Issuer.start('ES256');
    expect(await new KeySet({ url: issuer.url }).find(header('ES256'))).toHaveProperty('asymmetricKeyType', 'ec');
  });

  it('takes a set of 1 MiB', async () => {
    const jwk = { ...makePair('ES256').publicKey.export({ format: 'jwk' }), kid: 'one' };
    const issuer = await Issuer.start();
    issuer.answer = (response) => response.end(JSON.stringify({ keys: [jwk] }).padEnd(1024 * 1024));
    expect(await keySet(issuer).find(header('one'))).toHaveProperty('asymmetricKeyType', 'ec');
  });

  it('refreshes old keys in the background and uses them meanwhile', async () => {
    const issuer = await Issuer.start('ES256');
    const keys = keySet(issuer, { maxAge: 60_000 });
    const key = await keys.find(header('ES256'));
    now = 60_000;
    const asked = issuer.asked();
    expect(keys.find(header('ES256'))).toBe(key);
    expect(keys.find(header('ES256'))).toBe(key);
    await asked;
    expect(issuer.requests).toBe(2);
  });
});

describe('KeySet without its issuer', () => {
  it.each<[string, NonNullable<Issuer['answer']>]>([
    ['an error', (response) => response.writeHead(500).end('{}')],
    ['no JSON', (response) => response.end('<html>')],
    ['JSON of another kind', (response) => response.end('{"key":[]}')],
    ['null', (response) => response.end('null')],
    ['no keys', (response) => response.end('{"keys":[]}')],
    ['keys that are null', (response) => response.end('{"keys":[null]}')],
    ['a symmetric key', (response) => response.end('{"keys":[{"kty":"oct","k":"c2VjcmV0","kid":"ES256"}]}')],
    ['an answer without end', (response) => void response.write(Buffer.alloc(2_000_000, ' '))],
    ['a broken connection', (response) => void response.destroy()],
  ])('says that it is unavailable when the answer is %s', async (_name, answer) => {
    const issuer = await Issuer.start('ES256');
    issuer.answer = answer;
    expect(await refusal(() => keySet(issuer).find(header('ES256')))).toBe(UNAVAILABLE);
  });

  it.each<[string, NonNullable<Issuer['answer']>, string]>([
    ['too large', (response) => response.end(' '.repeat(1024 * 1024 + 1)), 'the key set is larger than 1048576 bytes'],
    [
      'too large in pieces',
      (response) => [1, 2, 3].map(() => response.write(' '.repeat(500_000))),
      'the key set is larger than 1048576 bytes',
    ],
    [
      'without a key that fits',
      (response) => response.end('{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}'),
      'the key set holds no key that tokens can be verified with',
    ],
    ['without a body', (response) => response.writeHead(204).end(), 'Expected 200 OK'],
  ])('keeps for the log why an answer was of no use that is %s', async (_name, answer, reason) => {
    const issuer = await Issuer.start('ES256');
    issuer.answer = answer;
    const error: unknown = await Promise.resolve(keySet(issuer).find(header('ES256'))).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toHaveProperty('cause.message', expect.stringContaining(reason));
  });

  it('does not follow a redirect, which could lead away from https', async () => {
    const [issuer, elsewhere] = [await Issuer.start('ES256'), await Issuer.start('ES256')];
    issuer.answer = (response) => response.writeHead(302, { location: elsewhere.url }).end();
    expect(await refusal(() => keySet(issuer).find(header('ES256')))).toBe(UNAVAILABLE);
    expect(elsewhere.requests).toBe(0);
  });

  it('says so when nobody listens', async () => {
    const issuer = await Issuer.start('ES256');
    const keys = keySet(issuer);
    await issuer.stop();
    expect(await refusal(() => keys.find(header('ES256')))).toBe(UNAVAILABLE);
  });

  it('gives up on an answer that drips', async () => {
    const issuer = await Issuer.start('ES256');
    issuer.answer = (response) => void response.write('{');
    expect(await refusal(() => keySet(issuer, { timeout: 50 }).find(header('ES256')))).toBe(UNAVAILABLE);
  });

  it('asks again after the cool-down, and not before', async () => {
    const issuer = await Issuer.start('ES256');
    const keys = keySet(issuer, { cooldown: 1000 });
    issuer.answer = (response) => response.writeHead(503).end();
    expect(await refusal(() => keys.find(header('ES256')))).toBe(UNAVAILABLE);
    issuer.answer = undefined;
    expect(await refusal(() => keys.find(header('ES256')))).toBe(UNAVAILABLE);
    expect(issuer.requests).toBe(1);
    now = 1000;
    expect(await keys.find(header('ES256'))).toHaveProperty('asymmetricKeyType', 'ec');
  });

  it('goes on with the keys it has, for a while', async () => {
    const issuer = await Issuer.start('ES256');
    const keys = keySet(issuer, { maxAge: 1000, maxStale: 5000, cooldown: 0 });
    now = 7000;
    const key = await keys.find(header('ES256'));
    await issuer.stop();
    for (now = 7000; now < 12_000; now += 500) expect(keys.find(header('ES256'))).toBe(key);
    expect(await refusal(() => keys.find(header('ES256')))).toBe(UNAVAILABLE);
  });
});
