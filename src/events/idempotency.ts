import { createHash } from 'node:crypto';
import { WriterHubError } from '../errors';
import type { IdempotencyRecord } from '../store/contract/idempotency';

const LONGEST_KEY = 255;

/** Printable ASCII, as a header holds it. */
const PRINTABLE = /^[\x20-\x7e]+$/;

/** What a request with an idempotency key asks for. */
export interface Retryable {
  readonly key: string;
  /** Whose key it is. */
  readonly subject: string;
  /** Parts that tell what it is for, without control characters: another purpose is another request. */
  readonly purpose: readonly string[];
  /** What is to be stored. */
  readonly body: Uint8Array;
  /** The fingerprint of both, if it is known already. */
  readonly fingerprint?: Buffer | undefined;
  /** What the caller is answered. */
  readonly answer: string;
}

/** Gives the value back when it can be an idempotency key; throws `invalid_idempotency_key` when not. */
export function checkIdempotencyKey(value: unknown): string {
  if (typeof value !== 'string') throw invalid('is not a string');
  if (value === '') throw invalid('is empty');
  if (value.length > LONGEST_KEY) throw invalid(`is longer than ${LONGEST_KEY} characters`);
  if (!PRINTABLE.test(value)) throw invalid('holds what is not printable ASCII');
  return value;
}

/** Makes the idempotency records of requests with an idempotency key. */
export class IdempotencyRecords {
  readonly #options: { readonly idempotencyWindow: number };
  readonly #now: () => number;

  /** `idempotencyWindow`: how long a key is remembered, milliseconds; it is looked at for each key. */
  constructor(options: { readonly idempotencyWindow: number }, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  make({ key, subject, purpose, body, answer, ...known }: Retryable): IdempotencyRecord {
    const fingerprint = known.fingerprint ?? fingerprintOf(purpose, body);
    return { key, subject, fingerprint, answer, expiresAt: this.#now() + this.#options.idempotencyWindow };
  }
}

/** What tells one request from another under the same key: a SHA-256 of its purpose and its body. */
export function fingerprintOf(purpose: readonly string[], body: Uint8Array): Buffer {
  const hash = createHash('sha256');
  for (const part of purpose) hash.update(`${part}\0`);
  return hash.update(body).digest();
}

function invalid(reason: string): WriterHubError {
  return new WriterHubError('invalid_idempotency_key', `the idempotency key ${reason}`);
}
