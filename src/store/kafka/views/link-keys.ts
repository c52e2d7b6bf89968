import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const NONCE_BYTES = 18;

/** How hubs prove to each other that they have the same secret, without sending it. */
export class LinkKeys {
  readonly #keys: readonly string[];

  /** The first proves, all are recognised. */
  constructor(keys: readonly string[]) {
    this.#keys = keys;
  }

  static nonce(): string {
    return randomBytes(NONCE_BYTES).toString('base64url');
  }

  /** What only those can say of a text who have the secret. */
  prove(purpose: string, text: string): string {
    return sign(this.#keys[0]!, purpose, text).toString('base64url');
  }

  isProof(purpose: string, text: string, proof: string): boolean {
    const given = Buffer.from(proof, 'base64url');
    return this.#keys.some((key) => {
      const right = sign(key, purpose, text);
      return right.length === given.length && timingSafeEqual(right, given);
    });
  }
}

function sign(key: string, purpose: string, text: string): Buffer {
  return createHmac('sha256', key).update(`writer-hub view ${purpose}\n${text}`).digest();
}
