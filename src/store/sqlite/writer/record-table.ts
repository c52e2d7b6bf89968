import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { IdempotencyRecord } from '../../contract/idempotency';
import type { CommitTime } from './commit-time';

/** What an idempotency record guards: a stream of a topic of events, or a data source. */
export interface RecordTarget {
  readonly topic: number;
  /** '' for a data source. */
  readonly streamId: string;
  /** Number of the stream, if there is one: records of another that had its id count no more. */
  readonly stream?: number | undefined;
}

interface StoredRecord {
  readonly fingerprint: Buffer;
  readonly answer: string;
}

/** The idempotency records of all topics. */
export class RecordTable {
  readonly #find: Statement<[number, string, string, string, number, number | null], StoredRecord>;
  readonly #findUnscoped: Statement<[number, string, Uint8Array, number], StoredRecord>;
  readonly #put: Statement<[number, string, string, string, Uint8Array, string, number, number | null]>;

  readonly #time: CommitTime;

  constructor(database: Database, time: CommitTime) {
    this.#time = time;
    this.#find = database.prepare(
      `SELECT fingerprint, answer FROM idempotency_records
       WHERE topic = ? AND key = ? AND stream_id = ? AND subject = ? AND expires_at > ? AND stream IS ?`,
    );
    // Records that were made before they had a scope: their fingerprints tell the stream, and nobody knows whose they
    // are.
    this.#findUnscoped = database.prepare(
      `SELECT fingerprint, answer FROM idempotency_records
       WHERE topic = ? AND key = ? AND stream_id IS NULL AND subject IS NULL AND fingerprint = ? AND expires_at > ?`,
    );
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO idempotency_records (topic, key, stream_id, subject, fingerprint, answer, expires_at, stream)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  /** What a write with this record was answered before, if there is one that lasts. Throws `idempotency_mismatch`. */
  earlierAnswer(
    { topic, streamId, stream }: RecordTarget,
    { key, subject, fingerprint }: IdempotencyRecord,
  ): string | undefined {
    const { now } = this.#time;
    const earlier = this.#find.get(topic, key, streamId, subject, now, stream ?? null);
    if (earlier === undefined) return this.#findUnscoped.get(topic, key, fingerprint, now)?.answer;
    if (earlier.fingerprint.equals(fingerprint)) return earlier.answer;
    throw new WriterHubError(
      'idempotency_mismatch',
      'the idempotency key was used before with another body or for another purpose',
    );
  }

  /** Writes a record, in place of an expired one. */
  put(target: RecordTarget, { key, subject, fingerprint, answer, expiresAt }: IdempotencyRecord): void {
    const { topic, streamId, stream = null } = target;
    this.#put.run(topic, key, streamId, subject, fingerprint, answer, Math.ceil(expiresAt), stream);
  }
}
