import type { ServerResponse } from 'node:http';
import { challengeOf } from '../auth/challenge';
import { WriterHubError } from '../errors';

/** `Retry-After` of an answer 503, in seconds. */
export const RETRY_AFTER_SECONDS = 1;

/** The error a caller may see: a `WriterHubError` as it is; any other failure as `internal`, without its details. */
export function asWriterHubError(error: unknown): WriterHubError {
  if (error instanceof WriterHubError) return error;
  return new WriterHubError('internal', 'the server failed in a way it should not; its log says how', { cause: error });
}

/** Sets the headers that tell clients and their libraries what to do about an error. */
export function setErrorHeaders(response: ServerResponse, error: WriterHubError): void {
  const { status, retry } = error.kind;
  if (retry && (status === 503 || status === 429) && !response.hasHeader('Retry-After')) {
    response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
  }
  const challenge = challengeOf(error);
  if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge);
}

/**
 * RFC 9457: answers with `application/problem+json`; `code`, `problems`, `position` and `earliest` are extension
 * members.
 */
export function sendProblem(response: ServerResponse, error: WriterHubError): void {
  const { status, meaning } = error.kind;
  const body = JSON.stringify({
    type: `urn:writer-hub:error:${error.code}`,
    title: meaning,
    status,
    detail: error.message,
    code: error.code,
    problems: error.problems,
    position: error.position,
    earliest: error.earliest,
  });
  setErrorHeaders(response, error);
  response.setHeader('Content-Type', 'application/problem+json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(status);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
