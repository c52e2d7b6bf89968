import { randomBytes } from 'node:crypto';
import { UsageError } from './usage-error';

/**
 * Where a `send` that stopped goes on. Its text is `<run>:<events of a batch>:<first batch>`; the run is part of every
 * batch's idempotency key, so that what was stored is not stored again.
 */
export interface ResumeMark {
  readonly run: string;
  readonly batch: number;
  readonly first: number;
}

/** The mark of a new `send`. */
export function newMark(batch: number): ResumeMark {
  return { run: randomBytes(9).toString('base64url'), batch, first: 0 };
}

export function renderMark({ run, batch, first }: ResumeMark): string {
  return `${run}:${batch}:${first}`;
}

/** Throws a `UsageError` for a text that no `send` has printed. */
export function parseMark(text: string): ResumeMark {
  const [, run, batch, first] = /^([\w-]{12}):(\d{1,9}):(\d{1,9})$/.exec(text) ?? [];
  if (run === undefined || Number(batch) === 0) {
    throw new UsageError(`--resume takes what a send that stopped has printed, not "${text}"`);
  }
  return { run, batch: Number(batch), first: Number(first) };
}

/** The idempotency key of a batch. */
export function batchKey({ run, batch }: ResumeMark, index: number): string {
  return `send ${run}:${batch}:${index}`;
}
