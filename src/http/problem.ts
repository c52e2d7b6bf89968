import type { ServerResponse } from 'node:http';
import { WriterHubError } from '../errors';

/** Seconds after which a caller that was turned away may try again. */
export const RETRY_AFTER_SECONDS = 1;

/** What a caller is told of a failure: itself if it was meant for the caller, else no more than that there was one. */
export function asWriterHubError(error: unknown): WriterHubError {
  if (error instanceof WriterHubError) return error;
  return new WriterHubError('internal', 'the server failed in a way it should not; its log says how', { cause: error });
}

/** Answers with an error as `application/problem+json` (RFC 9457), with `code` and, where there are any, `problems` or `position`. */
export function sendProblem(response: ServerResponse, error: WriterHubError): void {
  const { status, retry, meaning } = error.kind;
  const body = JSON.stringify({
    type: `urn:writer-hub:error:${error.code}`,
    title: meaning,
    status,
    detail: error.message,
    code: error.code,
    problems: error.problems,
    position: error.position,
  });
  if (retry && status === 503) response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
  // RFC 6750, section 3: a request without a valid token is told which scheme it takes.
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  response.setHeader('Content-Type', 'application/problem+json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.writeHead(status);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
