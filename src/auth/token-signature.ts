import { compactVerify } from 'jose';
import { verify as verifyJwt } from 'jsonwebtoken';
import type { KeyObject } from 'node:crypto';
import { maxHeaderSize } from 'node:http';
import { WriterHubError } from '../errors';

/** How an issuer may sign tokens (RFC 7518, section 3.1, and RFC 8037, section 3.1, with Ed25519). */
export const ISSUER_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

/** How a token may be signed: HS256 with the server's secret, the others with an issuer's keys. */
export type SignatureAlgorithm = 'HS256' | (typeof ISSUER_ALGORITHMS)[number];

/** The only part of a token that is read before its signature is checked: it says which key to check it with. */
export interface TokenHeader {
  readonly algorithm: SignatureAlgorithm;
  readonly keyId: string | undefined;
}

/** The claims of a token whose signature has been checked; the claims themselves have not been. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * The longest token that is accepted, in characters: as long as all headers of a request together may be. Kestrel takes
 * headers of 32 KiB as well; Node.js is told to, unless it takes more.
 */
export const MAX_TOKEN_LENGTH = Math.max(32 * 1024, maxHeaderSize);

const COMPACT_FORM = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Reads the header of a token. Throws `unauthenticated` when the text cannot be a token that this server accepts. The
 * algorithm is checked against the list before anything else of the header is looked at.
 */
export function readTokenHeader(token: string): TokenHeader {
  if (token.length > MAX_TOKEN_LENGTH) throw invalidToken(`the token is longer than ${MAX_TOKEN_LENGTH} characters`);
  if (!COMPACT_FORM.test(token)) throw invalidToken('the token is not a signed JWT');
  const { alg, kid, crit } = parseObject(token.slice(0, token.indexOf('.')));
  if (!isAlgorithm(alg)) throw unacceptedAlgorithm();
  // RFC 7515, section 4.1.11: extensions a header calls critical must be understood, and this server knows none.
  if (crit !== undefined) throw invalidToken('the token needs an extension that is not supported');
  if (kid !== undefined && typeof kid !== 'string') throw invalidToken('the key id of the token is not a string');
  return { algorithm: alg, keyId: kid };
}

/** Checks the signature and only then returns the claims. Throws `unauthenticated`. */
export function verifySignature(
  token: string,
  algorithm: Exclude<SignatureAlgorithm, 'EdDSA'>,
  key: KeyObject,
): Claims {
  try {
    verifyJwt(token, key, { ...SIGNATURE_ONLY, algorithms: [algorithm] });
  } catch {
    // The error may quote the payload, so it is dropped. The library and OpenSSL fail only on what is in the token.
    throw badSignature();
  }
  return claimsOf(token);
}

/** The same for EdDSA, which jsonwebtoken 9 does not know. Rejects with `unauthenticated`. */
export async function verifyEdwardsSignature(token: string, key: KeyObject): Promise<Claims> {
  try {
    await compactVerify(token, key, { algorithms: ['EdDSA'] });
  } catch {
    // As above.
    throw badSignature();
  }
  return claimsOf(token);
}

/** The error for a token that is refused. The message must not hold any part of the token. */
export function invalidToken(message: string): WriterHubError {
  return new WriterHubError('unauthenticated', message);
}

/** The error for a token that is signed with an algorithm that this server does not accept or has no keys for. */
export function unacceptedAlgorithm(): WriterHubError {
  return invalidToken('the token is signed with an algorithm that is not accepted');
}

function badSignature(): WriterHubError {
  return invalidToken('the token is malformed or its signature is wrong');
}

function isAlgorithm(alg: unknown): alg is SignatureAlgorithm {
  return alg === 'HS256' || ISSUER_ALGORITHMS.some((algorithm) => algorithm === alg);
}

/** Times are checked afterwards, in one place for all algorithms (`claims.ts`). */
const SIGNATURE_ONLY = { ignoreExpiration: true, ignoreNotBefore: true } as const;

function claimsOf(token: string): Claims {
  return parseObject(token.slice(token.indexOf('.') + 1, token.lastIndexOf('.')));
}

function parseObject(base64url: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(base64url, 'base64url').toString());
  } catch {
    // The parser's message quotes the text, which is part of a token.
    throw invalidToken('the token is not a signed JWT');
  }
  if (!isRecord(value)) throw invalidToken('the token is not a signed JWT');
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
