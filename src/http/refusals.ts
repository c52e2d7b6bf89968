import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ErrorCode, WriterHubError } from '../errors';

/** What the log says of a request that was refused. */
export interface Refusal {
  readonly code: ErrorCode | undefined;
  readonly reason: string;
  /** Of a text that is not JSON: the byte it breaks at. */
  readonly position?: number;
  /** Also in the header `X-Request-Id` of the answer. */
  readonly requestId: string;
}

/** Codes of errors whose messages may repeat what was sent; the log holds nothing of that. */
const REPEATING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'malformed_json',
  'invalid_events',
  'invalid_properties',
  'invalid_definitions',
  'invalid_parameters',
  'invalid_query',
  'invalid_rows',
  'invalid_schema',
  'invalid_sql',
]);

/** What a refusal is called that has no code of its own, by its status. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'message_too_large',
  429: 'over_share',
};

/** An id that a caller, or a proxy in front, may give a request. */
const REQUEST_ID = /^[\w.:+/=-]{1,128}$/;

/** Keeps why requests were refused until they are logged. */
export class Refusals {
  readonly #noted = new WeakMap<IncomingMessage, Refusal>();

  /** Notes why a request is refused, and returns its id. What is noted first counts. */
  note(request: IncomingMessage, { code, message, kind, position }: WriterHubError): string {
    const reason = REPEATING.has(code) ? kind.meaning : message;
    return this.#note(request, { code, reason, ...(position !== undefined && { position }) });
  }

  /** The same for an answer that has no code. */
  noteStatus(request: IncomingMessage, status: number, reason: string): string {
    return this.#note(request, { code: CODES[status], reason });
  }

  /** Why a request was refused; `undefined`: it was not. */
  of(request: IncomingMessage): Refusal | undefined {
    return this.#noted.get(request);
  }

  #note(request: IncomingMessage, refusal: Omit<Refusal, 'requestId'>): string {
    const known = this.#noted.get(request);
    if (known !== undefined) return known.requestId;
    const requestId = idOf(request);
    this.#noted.set(request, { ...refusal, requestId });
    return requestId;
  }
}

function idOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}
