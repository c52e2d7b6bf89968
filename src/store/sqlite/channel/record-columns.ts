import type { IdempotencyRecord } from '../../contract/idempotency';
import type { RecordColumns } from './messages';

export const FINGERPRINT_BYTES = 32;

/** The idempotency record at an index; `undefined` for -1. */
export function recordAt(records: RecordColumns, index: number): IdempotencyRecord | undefined {
  if (index < 0) return undefined;
  return {
    key: records.keys[index]!,
    subject: records.subjects[index]!,
    fingerprint: records.fingerprints.subarray(index * FINGERPRINT_BYTES, (index + 1) * FINGERPRINT_BYTES),
    answer: records.answers[index]!,
    expiresAt: records.expiresAt[index]!,
  };
}
