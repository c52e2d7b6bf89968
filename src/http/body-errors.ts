import { WriterHubError } from '../errors';

/** RFC 9110, section 8.4.1: the content codings a body may have; RFC 8878 adds zstd. */
export type ContentCoding = 'identity' | 'gzip' | 'deflate' | 'br' | 'zstd';

/** The event of a request whose body is not what its headers announce; its listener takes the error. */
export const BROKEN_BODY = 'writer-hub-broken-body';

/** The error of a body that is larger than the limit, as sent or inflated. */
export function tooLarge(limit: number): WriterHubError {
  return new WriterHubError('message_too_large', `the body is over ${limit} bytes, as sent or inflated`);
}

/** The error of a body that is not encoded as `Content-Encoding` says, or only begins like that. */
export function notEncodedAs(coding: ContentCoding, cause?: unknown): WriterHubError {
  const reason = endsEarly(cause)
    ? `the body ends early: its ${coding} data are cut off`
    : `the body is not ${coding}, as its headers say it is`;
  return new WriterHubError('malformed_body', reason, { cause });
}

/** zlib's word for a stream of which the end has not come. */
function endsEarly(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'Z_BUF_ERROR';
}
