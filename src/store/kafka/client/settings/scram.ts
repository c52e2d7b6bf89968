import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export type ScramHash = 'sha256' | 'sha512';

const KEY_BYTES = { sha256: 32, sha512: 64 } as const;

/** Sends a message of the client and gives the answer of the server. */
type Exchange = (message: string) => Promise<string>;

/**
 * Says who a client is without telling its password (RFC 5802, without channel binding). Rejects when the server does
 * not prove that it knows the password, or what it sends is no SCRAM.
 */
export async function scram(
  hash: ScramHash,
  { username, password }: Credentials,
  exchange: Exchange,
  nonce = randomBytes(18).toString('base64'),
): Promise<void> {
  const name = username.replaceAll('=', '=3D').replaceAll(',', '=2C');
  const first = `n=${name},r=${nonce}`;
  const challenge = await exchange(`n,,${first}`);
  const { r: both = '', s: salt = '', i: iterations = '' } = attributes(challenge);
  if (!both.startsWith(nonce) || salt === '' || !/^\d{1,9}$/.test(iterations))
    throw new Error('its SCRAM is not right');
  const salted = await promisify(pbkdf2)(
    password,
    Buffer.from(salt, 'base64'),
    Number(iterations),
    KEY_BYTES[hash],
    hash,
  );
  const clientKey = keyed(hash, salted, 'Client Key');
  const last = `c=${Buffer.from('n,,').toString('base64')},r=${both}`;
  const all = `${first},${challenge},${last}`;
  const signature = keyed(hash, createHash(hash).update(clientKey).digest(), all);
  const proof = clientKey.map((byte, index) => byte ^ signature[index]!);
  const { v: verifier = '' } = attributes(await exchange(`${last},p=${Buffer.from(proof).toString('base64')}`));
  const expected = keyed(hash, keyed(hash, salted, 'Server Key'), all);
  const given = Buffer.from(verifier, 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new Error('it does not know the password');
}

function keyed(hash: ScramHash, key: Buffer, text: string): Buffer {
  return createHmac(hash, key).update(text).digest();
}

/** `r=…,s=…` by names; a value may have `=` in it. */
function attributes(message: string): Partial<Record<string, string>> {
  return Object.fromEntries(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}
