import { WriterHubError } from '../errors';

/** The content codings a body may have (RFC 9110, section 8.4.1; RFC 8878 for zstd). */
export type ContentCoding = 'identity' | 'gzip' | 'deflate' | 'br' | 'zstd';

/** A body that is larger than it may be, or inflates to more than it may. */
export function tooLarge(limit: number): WriterHubError {
  return new WriterHubError('message_too_large', `the body is over ${limit} bytes, as sent or inflated`);
}

/** A body that is not what `Content-Encoding` says. */
export function notEncodedAs(coding: ContentCoding, cause?: unknown): WriterHubError {
  return new WriterHubError('malformed_body', `the body is not ${coding}, as its headers say it is`, { cause });
}
