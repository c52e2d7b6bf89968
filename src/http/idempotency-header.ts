import type { IncomingMessage } from 'node:http';
import { checkIdempotencyKey } from '../events/idempotency';

/** The header `Idempotency-Key` of a request, if it has one. Throws `invalid_idempotency_key`. */
export function idempotencyKey(request: IncomingMessage): string | undefined {
  const header = request.headers['idempotency-key'];
  return header === undefined ? undefined : checkIdempotencyKey(header);
}
