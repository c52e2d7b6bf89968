import type { IdempotencyRecord } from '../../contract/idempotency';
import type { RecordColumns } from '../channel/messages';
import { FINGERPRINT_BYTES } from '../channel/record-columns';

/** The idempotency records of one batch. */
export class RecordList {
  readonly #records: IdempotencyRecord[] = [];
  #bytes = 0;

  get count(): number {
    return this.#records.length;
  }

  /** Bytes the records hold, roughly. */
  get weight(): number {
    return this.#bytes;
  }

  /** Adds a record and returns its index, -1 for none. */
  add(record: IdempotencyRecord | undefined): number {
    if (record === undefined) return -1;
    this.#bytes += record.key.length + record.subject.length + record.answer.length + FINGERPRINT_BYTES;
    return this.#records.push(record) - 1;
  }

  columns(): RecordColumns {
    const records = this.#records;
    const fingerprints = new Uint8Array(records.length * FINGERPRINT_BYTES);
    for (const [index, { fingerprint }] of records.entries()) fingerprints.set(fingerprint, index * FINGERPRINT_BYTES);
    return {
      keys: records.map(({ key }) => key),
      subjects: records.map(({ subject }) => subject),
      fingerprints,
      answers: records.map(({ answer }) => answer),
      expiresAt: Float64Array.from(records, ({ expiresAt }) => expiresAt),
    };
  }
}
