import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { Claim } from '../../event-store';

/** The claims of all topics. */
export class ClaimTable {
  readonly #find: Statement<[number, string, number], { fingerprint: Buffer; answer: string }>;
  readonly #put: Statement<[number, string, Uint8Array, string, number]>;

  constructor(database: Database) {
    this.#find = database.prepare(
      'SELECT fingerprint, answer FROM idempotency_keys WHERE topic = ? AND key = ? AND expires_at > ?',
    );
    this.#put = database.prepare(
      'INSERT OR REPLACE INTO idempotency_keys (topic, key, fingerprint, answer, expires_at) VALUES (?, ?, ?, ?, ?)',
    );
  }

  /** What a write with this claim was answered before, if it was made and lasts. Throws `idempotency_mismatch`. */
  earlierAnswer(topic: number, { key, fingerprint }: Claim): string | undefined {
    const earlier = this.#find.get(topic, key, Date.now());
    if (earlier === undefined) return undefined;
    if (earlier.fingerprint.equals(fingerprint)) return earlier.answer;
    throw new WriterHubError(
      'idempotency_mismatch',
      'The idempotency key was used before with another body or for another purpose.',
    );
  }

  /** Writes a claim, in place of an expired one. */
  make(topic: number, { key, fingerprint, answer, expiresAt }: Claim): void {
    this.#put.run(topic, key, fingerprint, answer, Math.ceil(expiresAt));
  }
}
