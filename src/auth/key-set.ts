import { createLocalJWKSet, createRemoteJWKSet, customFetch, errors } from 'jose';
import type { FetchImplementation, JSONWebKeySet, LocalJWKSet, RemoteJWKSet } from 'jose';
import { KeyObject } from 'node:crypto';
import { WriterHubError } from '../errors';
import { ISSUER_ALGORITHMS, invalidToken, type SignatureAlgorithm, type TokenHeader } from './token-signature';

/** Where public keys come from, and how patiently they are asked for. */
export interface KeySetOptions {
  /** Address of the JSON Web Key Set (RFC 7517, section 5). */
  readonly url: string;
  /** How long one fetch may take in all, in milliseconds (default 5,000). */
  readonly timeout?: number | undefined;
  /** Keys older than this are fetched again in the background, in milliseconds (default 600,000). */
  readonly maxAge?: number | undefined;
  /** Keys that cannot be fetched again are used until they are this old, in milliseconds (default 3,600,000). */
  readonly maxStale?: number | undefined;
  /** Least time between two fetches, whatever key ids tokens name, in milliseconds (default 10,000). */
  readonly cooldown?: number | undefined;
  /** Milliseconds of a clock that only goes forward (default `performance.now`). */
  readonly now?: (() => number) | undefined;
}

/** RFC 7518, section 3.3. */
const LEAST_RSA_BITS = 2048;

/** The largest answer that is read from the address, in bytes. */
const MAX_KEY_SET_BYTES = 1024 * 1024;

/**
 * The public keys of an issuer. jose fetches the set, checks its form and picks the key for a header. This class adds
 * what jose does not do:
 *
 * - Known keys are returned without a promise. jose always answers with one, so its answers are kept in a table, one
 *   for each header that a token can have.
 * - The cool-down also applies after a failed fetch, so even a flood of tokens costs an issuer one request per
 *   cool-down.
 * - Old keys are refreshed in the background, and stay in use for a while when that fails.
 * - The size of the answer is bounded.
 */
export class KeySet {
  /** How long a key may be relied on after it was found, in milliseconds. */
  readonly maxAge: number;
  readonly #remote: RemoteJWKSet;
  readonly #maxStale: number;
  readonly #cooldown: number;
  readonly #now: () => number;
  #keys: ReadonlyMap<string, KeyObject> = new Map();
  #fetchedAt = 0;
  #triedAt = -Infinity;
  #failure: unknown;
  #loading: Promise<void> | undefined;

  constructor(options: KeySetOptions) {
    const { url, timeout = 5_000 } = options;
    this.#remote = createRemoteJWKSet(new URL(url), { timeoutDuration: timeout, [customFetch]: fetchBounded });
    this.maxAge = options.maxAge ?? 600_000;
    this.#maxStale = options.maxStale ?? 3_600_000;
    this.#cooldown = options.cooldown ?? 10_000;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * The key that a token names; without a promise when it is known. Throws or rejects with `unauthenticated` when the
   * issuer has no such key, and with `keys_unavailable` when its keys cannot be fetched.
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
    if (this.#failure === undefined) throw invalidToken('the token is signed with an unknown key');
    throw new WriterHubError('keys_unavailable', 'the keys that tokens are checked with cannot be fetched', {
      cause: this.#failure,
    });
  }

  #lookUp({ algorithm, keyId }: TokenHeader): KeyObject | undefined {
    if (this.#now() - this.#fetchedAt >= this.#maxStale) return undefined;
    return this.#keys.get(tableKey(algorithm, keyId));
  }

  #cooledDown(): boolean {
    return this.#now() - this.#triedAt >= this.#cooldown;
  }

  /**
   * Fetches the keys; concurrent callers share one fetch. Never rejects: a failure is kept for callers that miss a key.
   */
  #load(): Promise<void> {
    this.#loading ??= this.#fetch().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #fetch(): Promise<void> {
    this.#triedAt = this.#now();
    try {
      await this.#remote.reload();
      // Loaded, and therefore there.
      const keys = await tabulate(this.#remote.jwks()!);
      if (keys.size === 0) throw new Error('the key set holds no key that tokens can be verified with');
      this.#keys = new Map([...keys].filter(([, key]) => isStrong(key)));
      this.#fetchedAt = this.#now();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
    }
  }
}

/** No algorithm has a space in its name, so no two headers share a key. */
function tableKey(algorithm: SignatureAlgorithm, keyId: string | undefined): string {
  return keyId === undefined ? algorithm : `${algorithm} ${keyId}`;
}

/** Looks up a key for every header. A token that names no key gets one only if it is the only one that fits. */
async function tabulate({ keys }: JSONWebKeySet): Promise<Map<string, KeyObject>> {
  const table = new Map<string, KeyObject>();
  for (const kid of new Set([undefined, ...keys.map((key) => key.kid)])) {
    const named = createLocalJWKSet({ keys: kid === undefined ? keys : keys.filter((key) => key.kid === kid) });
    for (const algorithm of ISSUER_ALGORITHMS) {
      const key = await findIn(named, algorithm, kid !== undefined);
      if (key !== undefined) table.set(tableKey(algorithm, kid), key);
    }
  }
  return table;
}

/** Among keys of one id, the first that fits; among keys of any id, the only one. */
async function findIn(keys: LocalJWKSet, alg: SignatureAlgorithm, named: boolean): Promise<KeyObject | undefined> {
  try {
    return KeyObject.from(await keys({ alg }));
  } catch (error) {
    // An issuer may list several keys under one id; the first one counts.
    if (error instanceof errors.JWKSMultipleMatchingKeys && named) {
      for await (const key of error) return KeyObject.from(key);
    }
    // No key fits, or the one that fits is malformed; the other keys of the set can still be used.
    return undefined;
  }
}

function isStrong(key: KeyObject): boolean {
  return (key.asymmetricKeyDetails?.modulusLength ?? LEAST_RSA_BITS) >= LEAST_RSA_BITS;
}

/** `fetch` with a bound on the size of the response. Read here, because jose would not say that it was too large. */
const fetchBounded: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options);
  // jose refuses all others whatever they hold.
  return response.status === 200 ? new Response(await readBounded(response), response) : response;
};

async function readBounded({ body }: Response): Promise<Blob> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    size += chunk.byteLength;
    if (size > MAX_KEY_SET_BYTES) throw new Error(`the key set is larger than ${MAX_KEY_SET_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Blob(chunks);
}
