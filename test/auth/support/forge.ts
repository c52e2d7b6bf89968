import { constants, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A private key and what others may know of it. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A part of a token: JSON in base64url. */
export function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** A token with any header and any payload, well-formed or not. `signer` makes the signature of the text it gets. */
export function forge(header: unknown, payload: unknown, signer: (input: string) => string): string {
  const input = `${part(header)}.${part(payload)}`;
  return `${input}.${signer(input)}`;
}

/** Signs as HS256 does, with any bytes as the key. */
export function hmac(key: string | Buffer, hash = 'sha256'): (input: string) => string {
  return (input) => createHmac(hash, key).update(input).digest('base64url');
}

/** Signs as an asymmetric algorithm does (RFC 7518, sections 3.3 to 3.5, and RFC 8037). */
export function signer(algorithm: string, key: KeyObject): (input: string) => string {
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`;
  const options = {
    key,
    dsaEncoding: 'ieee-p1363' as const,
    ...(algorithm.startsWith('PS') && {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    }),
  };
  return (input) => sign(hash, Buffer.from(input), options).toString('base64url');
}

/** A key pair of the type that an algorithm uses. */
export function makePair(algorithm: string): KeyPair {
  switch (algorithm) {
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'ES384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case 'ES512':
      return generateKeyPairSync('ec', { namedCurve: 'P-521' });
    default:
      return nextRsaPair();
  }
}

/** Making a key pair of RSA takes long: four are enough for tests that have up to four. */
const RSA_PAIRS: KeyPair[] = [];

/** The pair that has not been used for longest. */
function nextRsaPair(): KeyPair {
  const pair = RSA_PAIRS.length < 4 ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : RSA_PAIRS.shift()!;
  RSA_PAIRS.push(pair);
  return pair;
}
