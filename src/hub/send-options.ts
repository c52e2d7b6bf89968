import { z } from 'zod';
import { WriterHubError } from '../errors';
import { faultsOf } from '../json/schema-faults';

/** Options of a batch that is sent; `null` is the same as none. */
const sendOptions = z.strictObject({ idempotencyKey: z.string().nullish(), strict: z.boolean().nullish() }).nullish();

export interface SendOptions {
  readonly idempotencyKey: string | undefined;
  /** Whether timestamps are refused that seem to be in another unit than nanoseconds. */
  readonly strict: boolean;
}

/** Options of an upload: each of its batches is a call of its own, so there is no key for all of them. */
const streamOptions = z.strictObject({ strict: z.boolean().nullish() }).nullish();

/** Parses the last argument of a method that takes an upload. Throws `invalid_query`. */
export function parseStreamOptions(value: unknown): Pick<SendOptions, 'strict'> {
  const parsed = streamOptions.safeParse(value);
  if (parsed.success) return { strict: parsed.data?.strict ?? false };
  throw new WriterHubError('invalid_query', `the options are not {strict}: ${faultsOf(parsed.error)}`);
}

/** Parses the last argument of a method that takes a batch. Throws `invalid_query`. */
export function parseSendOptions(value: unknown): SendOptions {
  const parsed = sendOptions.safeParse(value);
  if (parsed.success) {
    return { idempotencyKey: parsed.data?.idempotencyKey ?? undefined, strict: parsed.data?.strict ?? false };
  }
  throw new WriterHubError('invalid_query', `the options are not {idempotencyKey, strict}: ${faultsOf(parsed.error)}`);
}
