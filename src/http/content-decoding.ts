import { WriterHubError } from '../errors';
import type { ContentCoding } from './body-errors';
import { type Compressed, inflate } from './inflate';
import { HOLDS_UP_THREAD } from './zstd';

const CODINGS: Readonly<Record<string, ContentCoding>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
};

/**
 * What inflates to more than this, or has more bytes as it is sent, is inflated elsewhere: in libuv's threads the main
 * thread has work with every chunk.
 */
const LONGEST_HERE = 256 * 1024;

/** The coding `Content-Encoding` names. Throws `unsupported_encoding` for an unknown one and for a list of several. */
export function contentCoding(header: string | undefined): ContentCoding {
  const name = header?.trim().toLowerCase() ?? '';
  const coding = Object.hasOwn(CODINGS, name) ? CODINGS[name] : undefined;
  if (coding !== undefined) return coding;
  const wanted = 'is not one of gzip, deflate, br and zstd';
  throw new WriterHubError('unsupported_encoding', `the content encoding ${name.slice(0, 100)} ${wanted}`);
}

/** Inflates a body as the function `inflate` does; it may take over the memory of what was sent. */
export type Inflate = (body: Compressed) => Promise<Buffer>;

/**
 * The content of a compressed body, large ones and what JavaScript inflates `elsewhere`. Rejects with
 * `message_too_large` and `malformed_body`.
 */
export async function decodeContent(body: Compressed, elsewhere: Inflate = inflate): Promise<Buffer> {
  const { sent, coding, limit } = body;
  if (coding === 'zstd') return HOLDS_UP_THREAD ? elsewhere(body) : inflate(body);
  if (sent.length > LONGEST_HERE) return elsewhere(body);
  if (limit <= LONGEST_HERE) return inflate(body);
  return inflate({ ...body, limit: LONGEST_HERE }).catch((error: unknown) => {
    if (!(error instanceof WriterHubError) || error.code !== 'message_too_large') throw error;
    return elsewhere(body);
  });
}
