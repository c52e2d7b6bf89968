import { once } from 'node:events';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { WriterHubError } from '../errors';
import { notEncodedAs, tooLarge, type ContentCoding } from './body-errors';
import { inflateZstd } from './zstd';

const CODINGS: Readonly<Record<string, ContentCoding>> = {
  '': 'identity',
  identity: 'identity',
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
};

/** How much is inflated in one go in libuv's threads: each go costs the main thread about as much. */
const CHUNKS = { chunkSize: 64 * 1024 };

/** The coding `Content-Encoding` names. Throws `unsupported_encoding` for an unknown one and for a list of several. */
export function contentCoding(header: string | undefined): ContentCoding {
  const name = header?.trim().toLowerCase() ?? '';
  const coding = Object.hasOwn(CODINGS, name) ? CODINGS[name] : undefined;
  if (coding !== undefined) return coding;
  const wanted = 'is not one of gzip, deflate, br and zstd';
  throw new WriterHubError('unsupported_encoding', `the content encoding ${name.slice(0, 100)} ${wanted}`);
}

/** Inflates a zstd body, as the function `inflateZstd` does; it may take over the memory of `sent`. */
export type InflateZstd = (sent: Buffer, limit: number) => Promise<Buffer>;

/**
 * The content of an encoded body. Rejects with `message_too_large` as soon as it exceeds `limit` bytes, and with
 * `malformed_body` if it is damaged, cut off, or followed by something else.
 */
export async function decodeContent(
  sent: Buffer,
  coding: ContentCoding,
  limit: number,
  zstd: InflateZstd = inflateZstd,
): Promise<Buffer> {
  switch (coding) {
    case 'identity':
      return sent;
    case 'gzip':
      return inflate(zlib.createGunzip(CHUNKS), { sent, coding, limit });
    case 'deflate':
      return inflateDeflate(sent, limit);
    case 'br':
      return inflate(zlib.createBrotliDecompress(CHUNKS), { sent, coding, limit });
    case 'zstd':
      return zstd(sent, limit);
  }
}

/** RFC 9110, section 8.4.1.2: `deflate` is the zlib format, but many senders omit its header and checksum. */
async function inflateDeflate(sent: Buffer, limit: number): Promise<Buffer> {
  const raw = { sent, coding: 'deflate', limit } as const;
  if (!hasZlibHeader(sent)) return inflate(zlib.createInflateRaw(CHUNKS), raw);
  return inflate(zlib.createInflate(CHUNKS), raw).catch((error: unknown) => {
    // A raw stream may happen to begin like a zlib header.
    if (!(error instanceof WriterHubError) || error.code !== 'malformed_body') throw error;
    return inflate(zlib.createInflateRaw(CHUNKS), raw);
  });
}

/** RFC 1950, section 2.2: the compression method is 8, and the first two bytes are a multiple of 31. */
function hasZlibHeader(sent: Buffer): boolean {
  return sent.length >= 2 && (sent[0]! & 0x0f) === 8 && sent.readUInt16BE(0) % 31 === 0;
}

interface Encoded {
  readonly sent: Buffer;
  readonly coding: ContentCoding;
  readonly limit: number;
}

async function inflate(
  engine: Transform & { readonly bytesWritten: number },
  { sent, coding, limit }: Encoded,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  engine.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) engine.destroy(tooLarge(limit));
    else chunks.push(chunk);
  });
  engine.end(sent);
  try {
    await once(engine, 'end');
  } catch (error) {
    throw error instanceof WriterHubError ? error : notEncodedAs(coding, error);
  }
  // Bytes after the end of the stream would be lost silently.
  if (engine.bytesWritten < sent.length) throw notEncodedAs(coding);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}
