import { STATUS_CODES } from 'node:http';
import { MAX_TOKEN_LENGTH } from '../auth/token-signature';
import type { OriginPolicy } from './origins';
import { DOCUMENTATION_PATH } from './v0/events-api-error';

/** Node.js's error for a request that it cannot parse. */
export interface ClientError extends Error {
  readonly code?: string;
  readonly reason?: string;
  /** The bytes that could not be parsed. */
  readonly rawPacket?: Buffer;
}

/** RFC 9112, section 3.2: a request line for the Events API, with its target in the origin or the absolute form. */
const V0_TARGET = /^[A-Z]+ (?:https?:\/\/[^/?\s]*)?\/v0[/?\s]/;

const REQUEST_LINE = /^([A-Z]{3,16}) (?:https?:\/\/[^/?\s]*)?(\/[^?\s]*)[? ]/;

/** How much of a packet is looked at for its request line. */
const LONGEST_LINE = 2048;

/** The status Node.js itself would answer with; `undefined` for a connection that broke or never was HTTP. */
export function statusOf({ code = '' }: ClientError): number | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413;
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return code.startsWith('HPE_') ? 400 : undefined;
}

/** What an answer is made of. */
interface RawAnswer {
  readonly error: ClientError;
  readonly headers: readonly string[];
  /** Whether it comes behind a request for the Events API. */
  readonly isV0?: boolean | undefined;
}

/** The whole text of an answer to a request of which there is no more than an error. */
export function answerOf(status: number, { error, headers, isV0: isBehindV0 = false }: RawAnswer): string {
  const title = STATUS_CODES[status] ?? '';
  const detail = detailOf(status, error);
  const isV0 = isBehindV0 || V0_TARGET.test(error.rawPacket?.toString('latin1') ?? '');
  const body = JSON.stringify(
    isV0 ? { error: detail, documentation: DOCUMENTATION_PATH } : { type: 'about:blank', title, status, detail },
  );
  return [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    `Content-Type: ${isV0 ? 'application/json' : 'application/problem+json'}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n');
}

/** What a request asked for that could not be read to its end, without its query, which may hold a token. */
export function askedIn(packet: Buffer | undefined): { readonly method?: string; readonly path?: string } {
  const [, method, path] = REQUEST_LINE.exec(packet?.toString('latin1', 0, LONGEST_LINE) ?? '') ?? [];
  return method === undefined || path === undefined ? {} : { method, path };
}

/** The origin in the headers of a request that could not be read to its end. */
export function originIn(packet: Buffer | undefined): string | undefined {
  return /^origin:[ \t]*([\x21-\x7e]+)[ \t]*\r?$/im.exec(packet?.toString('latin1') ?? '')?.[1];
}

/**
 * Fetch standard: without these a page is told nothing but that its request failed. Where the origin is not known, any
 * may read the answer that may call at all, as long as it sends no credentials.
 */
export function corsHeaders(origin: string | undefined, policy: OriginPolicy): string[] {
  if (origin === undefined) return policy.allowsAny ? ['Access-Control-Allow-Origin: *'] : [];
  if (!policy.allowsListed(origin)) return [];
  return [`Access-Control-Allow-Origin: ${origin}`, 'Access-Control-Allow-Credentials: true', 'Vary: Origin'];
}

/** What is wrong with a request that could not be parsed, in words. */
export function detailOf(status: number, { reason, message }: ClientError): string {
  if (status === 431) return `the headers of the request are longer than ${MAX_TOKEN_LENGTH} bytes`;
  if (status === 408) return 'the request took too long to arrive';
  const why = reason ?? message;
  const hint = why.includes('url') ? '; in the target of a request all but ASCII is percent-encoded' : '';
  return `the request is not HTTP/1.1: ${why}${hint}`;
}
