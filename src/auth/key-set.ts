import { JwksClient, type SigningKey } from 'jwks-rsa';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { WriterHubError } from '../errors';
import { fits, refusal, type SignatureAlgorithm, type TokenHeader } from './token-signature';

/** Where public keys come from, and how patiently. */
export interface KeySetOptions {
  /** Address of the JSON Web Key Set (RFC 7517, section 5). */
  readonly url: string;
  /** How long one fetch may take in all, in milliseconds (default 5,000). */
  readonly timeout?: number | undefined;
  /** Keys older than this are fetched anew, in the background, in milliseconds (default 600,000). */
  readonly maxAge?: number | undefined;
  /** Keys that could not be fetched anew are used until they are this old, in milliseconds (default 3,600,000). */
  readonly maxStale?: number | undefined;
  /** Least time between two fetches, whatever key ids tokens name, in milliseconds (default 10,000). */
  readonly cooldown?: number | undefined;
  /** Milliseconds of a clock that only goes forward (default `performance.now`). */
  readonly now?: (() => number) | undefined;
}

interface PublicKey {
  readonly id: string | undefined;
  /** The one algorithm the key is for, when its owner says so. */
  readonly algorithm: string | undefined;
  readonly key: KeyObject;
}

/** RFC 7518, section 3.3. */
const LEAST_RSA_BITS = 2048;

/** The largest answer that is read from the address, in bytes. */
const MAX_KEY_SET_BYTES = 1024 * 1024;

/**
 * The public keys of an issuer. The whole set is fetched at once and kept, so a flood of tokens with invented key ids costs the issuer one
 * fetch per cool-down and never pushes a good key out, and the issuer may be away for a while.
 */
export class KeySet {
  /** How long a key that was found may be relied on without asking again, in milliseconds. */
  readonly maxAge: number;
  readonly #client: JwksClient;
  readonly #maxStale: number;
  readonly #cooldown: number;
  readonly #now: () => number;
  #keys: readonly PublicKey[] = [];
  #fetchedAt = -Infinity;
  #triedAt = -Infinity;
  #failure: unknown;
  #loading: Promise<void> | undefined;

  constructor(options: KeySetOptions) {
    const { url, timeout = 5_000 } = options;
    this.#client = new JwksClient({ jwksUri: url, cache: false, fetcher: (address) => fetchKeySet(address, timeout) });
    this.maxAge = options.maxAge ?? 600_000;
    this.#maxStale = options.maxStale ?? 3_600_000;
    this.#cooldown = options.cooldown ?? 10_000;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * The key that a token names; at once when it is at hand. Throws or rejects with `unauthenticated` when the issuer has no such key, and
   * with `keys_unavailable` when its keys cannot be fetched.
   */
  find(header: TokenHeader): KeyObject | Promise<KeyObject> {
    const known = this.#lookUp(header);
    if (known === undefined) return this.#findAnew(header);
    if (this.#now() - this.#fetchedAt >= this.maxAge && this.#cooledDown()) void this.#load();
    return known;
  }

  async #findAnew(header: TokenHeader): Promise<KeyObject> {
    if (this.#loading !== undefined || this.#cooledDown()) await this.#load();
    const key = this.#lookUp(header);
    if (key !== undefined) return key;
    if (this.#failure === undefined) throw refusal('the token is signed with an unknown key');
    throw new WriterHubError('keys_unavailable', 'the keys that tokens are checked with cannot be fetched', {
      cause: this.#failure,
    });
  }

  #lookUp({ algorithm, keyId }: TokenHeader): KeyObject | undefined {
    if (this.#now() - this.#fetchedAt >= this.#maxStale) return undefined;
    const candidates = this.#keys.filter((key) => (keyId === undefined || key.id === keyId) && serves(key, algorithm));
    // A token that names no key can mean only the one there is.
    return keyId === undefined && candidates.length > 1 ? undefined : candidates[0]?.key;
  }

  #cooledDown(): boolean {
    return this.#loading === undefined && this.#now() - this.#triedAt >= this.#cooldown;
  }

  /** Fetches the keys; all who ask meanwhile wait for the same answer. Never rejects: a failure is kept for those who miss a key. */
  #load(): Promise<void> {
    this.#loading ??= this.#fetch().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #fetch(): Promise<void> {
    this.#triedAt = this.#now();
    try {
      const keys = await this.#client.getSigningKeys();
      this.#keys = keys.map(toPublicKey).filter(isStrong);
      this.#fetchedAt = this.#now();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
    }
  }
}

function toPublicKey(key: SigningKey): PublicKey {
  return { id: key.kid, algorithm: key.alg, key: createPublicKey(key.getPublicKey()) };
}

function isStrong({ key }: PublicKey): boolean {
  return (key.asymmetricKeyDetails?.modulusLength ?? LEAST_RSA_BITS) >= LEAST_RSA_BITS;
}

/** RFC 7517, section 4.4: a key may be meant for one algorithm only. */
function serves({ key, algorithm }: PublicKey, wanted: SignatureAlgorithm): boolean {
  return (algorithm === undefined || algorithm === wanted) && fits(wanted, key);
}

/** Stands in for the fetching of jwks-rsa, which bounds neither the time of a slow answer nor its size. */
async function fetchKeySet(url: string, timeout: number): Promise<{ keys: unknown }> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeout),
  });
  if (!response.ok || response.body === null)
    throw new Error(`the key set was answered with status ${response.status}`);
  const body: AsyncIterable<Uint8Array> = response.body;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_KEY_SET_BYTES) throw new Error(`the key set is larger than ${MAX_KEY_SET_BYTES} bytes`);
    chunks.push(chunk);
  }
  const answer: unknown = JSON.parse(Buffer.concat(chunks).toString());
  if (typeof answer !== 'object' || answer === null || !('keys' in answer) || !Array.isArray(answer.keys)) {
    throw new Error('the answer is not a JSON Web Key Set');
  }
  return { keys: answer.keys };
}
