import type { IncomingMessage } from 'node:http';
import { checkIdempotencyKey } from '../events/idempotency';

/** The request's `Idempotency-Key`; `undefined` if it has none. Throws `invalid_idempotency_key`. */
export function idempotencyKey(request: IncomingMessage): string | undefined {
  const header = request.headers['idempotency-key'];
  return header === undefined ? undefined : checkIdempotencyKey(header);
}
