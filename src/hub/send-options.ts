import { z } from 'zod';
import { WriterHubError } from '../errors';

/** Options of `SendEventData`; `null` is the same as none. */
const sendOptions = z.strictObject({ idempotencyKey: z.string().nullish() }).nullish();

/** Parses the last argument of `SendEventData`. Throws `invalid_query`. */
export function parseSendOptions(value: unknown): { readonly idempotencyKey: string | undefined } {
  const parsed = sendOptions.safeParse(value);
  if (parsed.success) return { idempotencyKey: parsed.data?.idempotencyKey ?? undefined };
  throw new WriterHubError('invalid_query', `the options are not {idempotencyKey}: ${z.prettifyError(parsed.error)}`);
}
