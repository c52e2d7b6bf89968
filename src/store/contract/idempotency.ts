/**
 * Makes a write happen once although it is sent again. The record is written in the same commit as what it guards; a
 * write that is refused leaves none. Its scope is the target of the write and the subject: a stream for events, a data
 * source for rows. While a record of the same key and scope lasts, a write with the same fingerprint stores nothing and
 * gets the answer of the first; one with another fingerprint is rejected with `idempotency_mismatch`. Other subjects
 * and other targets may use the same key.
 */
export interface IdempotencyRecord {
  readonly key: string;
  /** Whose key it is; '' stands for all callers that cannot be told apart. */
  readonly subject: string;
  /** 32 bytes that stand for what is written; not to be changed before the write settles. */
  readonly fingerprint: Uint8Array;
  /** What the caller is answered; kept for those who ask again. */
  readonly answer: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}
