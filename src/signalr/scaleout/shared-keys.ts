import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of a signature: as many as the random ids have. */
const SIGNATURE_BYTES = 16;

/** What a signature is for: one made for the one is none for the other. */
export type SignedAs = 'token' | 'request';

/** The secrets that the servers of a hub share. The first signs; any of them is recognised, so that they can rotate. */
export class SharedKeys {
  readonly #keys: readonly string[];

  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  sign(as: SignedAs, text: string): string {
    return signature(this.#keys[0]!, as, text).toString('base64url');
  }

  verify(as: SignedAs, text: string, signed: string): boolean {
    const given = Buffer.from(signed, 'base64url');
    if (given.length !== SIGNATURE_BYTES) return false;
    return this.#keys.some((key) => timingSafeEqual(signature(key, as, text), given));
  }
}

function signature(key: string, as: SignedAs, text: string): Buffer {
  return createHmac('sha256', key).update(`${as}\n${text}`).digest().subarray(0, SIGNATURE_BYTES);
}
