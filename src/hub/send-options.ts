import { z } from 'zod';
import { WriterHubError } from '../errors';

/** Options of `SendEventData`; `null` is the same as none. */
const sendOptions = z.strictObject({ idempotencyKey: z.string().nullish(), strict: z.boolean().nullish() }).nullish();

export interface SendOptions {
  readonly idempotencyKey: string | undefined;
  /** Whether timestamps are refused that seem to be in another unit than nanoseconds. */
  readonly strict: boolean;
}

/** Parses the last argument of `SendEventData`. Throws `invalid_query`. */
export function parseSendOptions(value: unknown): SendOptions {
  const parsed = sendOptions.safeParse(value);
  if (parsed.success) {
    return { idempotencyKey: parsed.data?.idempotencyKey ?? undefined, strict: parsed.data?.strict ?? false };
  }
  throw new WriterHubError(
    'invalid_query',
    `the options are not {idempotencyKey, strict}: ${z.prettifyError(parsed.error)}`,
  );
}
