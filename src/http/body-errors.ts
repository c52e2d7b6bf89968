import { WriterHubError } from '../errors';

/** RFC 9110, section 8.4.1: the content codings a body may have; RFC 8878 adds zstd. */
export type ContentCoding = 'identity' | 'gzip' | 'deflate' | 'br' | 'zstd';

/** The event of a request whose body is not what its headers announce; its listener takes the error. */
export const BROKEN_BODY = 'writer-hub-broken-body';

/** The error of a body that is larger than the limit, as sent or inflated. */
export function tooLarge(limit: number): WriterHubError {
  return new WriterHubError('message_too_large', `the body is over ${limit} bytes, as sent or inflated`);
}

/** The error of a body that is not encoded as `Content-Encoding` says. */
export function notEncodedAs(coding: ContentCoding, cause?: unknown): WriterHubError {
  return new WriterHubError('malformed_body', `the body is not ${coding}, as its headers say it is`, { cause });
}

/** The error of a body that begins as `Content-Encoding` says, and breaks off. */
export function endsEarly(coding: ContentCoding, cause: unknown): WriterHubError {
  return new WriterHubError('malformed_body', `the body ends early: its ${coding} data are cut off`, { cause });
}
