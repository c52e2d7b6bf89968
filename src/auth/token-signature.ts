import { verify as verifyJwt } from 'jsonwebtoken';
import { verify as verifyBytes, type KeyObject } from 'node:crypto';
import { WriterHubError } from '../errors';

/** Which types of key each algorithm goes with. Tokens signed in any other way are refused before anything else is looked at. */
const KEY_TYPES = {
  HS256: ['secret'],
  RS256: ['rsa'],
  RS384: ['rsa'],
  RS512: ['rsa'],
  PS256: ['rsa', 'rsa-pss'],
  PS384: ['rsa', 'rsa-pss'],
  PS512: ['rsa', 'rsa-pss'],
  ES256: ['ec'],
  ES384: ['ec'],
  ES512: ['ec'],
  EdDSA: ['ed25519', 'ed448'],
} as const satisfies Record<string, readonly string[]>;

/** How a token may be signed (RFC 7518, section 3.1, and RFC 8037). */
export type SignatureAlgorithm = keyof typeof KEY_TYPES;

/** The two things that are read of a token before its signature is checked: they say which key to check it with. */
export interface TokenHeader {
  readonly algorithm: SignatureAlgorithm;
  readonly keyId: string | undefined;
}

/** The longest token that is taken, in characters; all of Node's request headers together may be twice that. */
export const MAX_TOKEN_LENGTH = 8192;

const COMPACT_FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Reads the header of a token. Throws `unauthenticated` when the text cannot be a token that this server takes. */
export function readTokenHeader(token: string): TokenHeader {
  if (token.length > MAX_TOKEN_LENGTH) throw refusal(`the token is longer than ${MAX_TOKEN_LENGTH} characters`);
  if (!COMPACT_FORM.test(token)) throw refusal('the token is not a signed JWT');
  const header = parseObject(token.slice(0, token.indexOf('.')));
  const { alg, kid, crit } = header;
  if (typeof alg !== 'string' || !isAlgorithm(alg)) throw unacceptedAlgorithm();
  // RFC 7515, section 4.1.11: extensions a header calls critical must be understood, and none is here.
  if (crit !== undefined) throw refusal('the token needs an extension that is not supported');
  if (kid !== undefined && typeof kid !== 'string') throw refusal('the key id of the token is not a string');
  return { algorithm: alg, keyId: kid };
}

/** Checks the signature and only then returns the claims. Throws `unauthenticated`. */
export function verifySignature(token: string, algorithm: SignatureAlgorithm, key: KeyObject): Record<string, unknown> {
  if (!fits(algorithm, key)) throw unacceptedAlgorithm();
  if (!(algorithm === 'EdDSA' ? verifyEdwards(token, key) : verifyWithLibrary(token, algorithm, key))) {
    throw refusal('the token is malformed or its signature is wrong');
  }
  return parseObject(token.slice(token.indexOf('.') + 1, token.lastIndexOf('.')));
}

/** Whether a key is of the type that an algorithm uses. */
export function fits(algorithm: SignatureAlgorithm, key: KeyObject): boolean {
  const types: readonly string[] = KEY_TYPES[algorithm];
  return types.includes(key.asymmetricKeyType ?? key.type);
}

/** The refusal of a token, with a text that holds nothing of the token. */
export function refusal(message: string): WriterHubError {
  return new WriterHubError('unauthenticated', message);
}

/** The refusal of a token that is signed in a way this server does not take, or not with the keys it has. */
export function unacceptedAlgorithm(): WriterHubError {
  return refusal('the token is signed with an algorithm that is not accepted');
}

function isAlgorithm(text: string): text is SignatureAlgorithm {
  return Object.hasOwn(KEY_TYPES, text);
}

/** Claims are checked afterwards, in one place for all algorithms. */
const SIGNATURE_ONLY = { ignoreExpiration: true, ignoreNotBefore: true } as const;

function verifyWithLibrary(token: string, algorithm: Exclude<SignatureAlgorithm, 'EdDSA'>, key: KeyObject): boolean {
  try {
    verifyJwt(token, key, { ...SIGNATURE_ONLY, algorithms: [algorithm] });
    return true;
  } catch {
    // Whatever the library or OpenSSL stumbles over is the token's fault. The error may quote the payload, so it goes nowhere.
    return false;
  }
}

/** jsonwebtoken 9 does not know EdDSA (RFC 8037, section 3.1). */
function verifyEdwards(token: string, key: KeyObject): boolean {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  return verifyBytes(null, Buffer.from(token.slice(0, end), 'latin1'), key, signature);
}

function parseObject(base64url: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(base64url, 'base64url').toString());
  } catch {
    // The parser's message quotes the text, which is part of a token.
    throw refusal('the token is not a signed JWT');
  }
  if (!isRecord(value)) throw refusal('the token is not a signed JWT');
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
