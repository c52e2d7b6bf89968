import { once } from 'node:events';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { WriterHubError } from '../errors';
import { endsEarly, notEncodedAs, tooLarge, type ContentCoding } from './body-errors';
import { inflateZstd } from './zstd';

/** The codings that compress. */
export type CompressedCoding = Exclude<ContentCoding, 'identity'>;

/** A compressed body, and how many bytes it may inflate to. */
export interface Compressed {
  readonly sent: Buffer;
  readonly coding: CompressedCoding;
  readonly limit: number;
}

/** How much is inflated in one go: in libuv's threads each go costs the main thread about as much. */
const CHUNK = 64 * 1024;

/** What is no longer says nothing of its coding. */
const SHORTEST_BEGINNING = 4;

interface Engine extends Transform {
  readonly bytesWritten: number;
}

/** Inflates at once, and with `info` gives the engine as well, which knows how much it has read. */
type AtOnce = (sent: Buffer, options: zlib.ZlibOptions & { readonly info: true }) => unknown;

type Format = 'gzip' | 'zlib' | 'raw' | 'br';

/** How the formats are read that zlib and brotli know: RFC 1950, 1951, 1952 and 7932. */
const FORMATS: Readonly<
  Record<Format, { readonly stream: (options: zlib.ZlibOptions) => Engine; readonly atOnce: AtOnce }>
> = {
  gzip: { stream: zlib.createGunzip, atOnce: zlib.gunzipSync },
  zlib: { stream: zlib.createInflate, atOnce: zlib.inflateSync },
  raw: { stream: zlib.createInflateRaw, atOnce: zlib.inflateRawSync },
  br: { stream: zlib.createBrotliDecompress, atOnce: zlib.brotliDecompressSync },
};

/**
 * Inflates a body, in libuv's threads where they can. Rejects with `message_too_large` as soon as it exceeds `limit`
 * bytes, and with `malformed_body` if it is damaged, cut off, or followed by something else.
 */
export function inflate(body: Compressed): Promise<Buffer> {
  return inflateWith(body, inflateInSteps);
}

/** The same, but on this thread alone, and with less to do for it. */
export function inflateHere(body: Compressed): Promise<Buffer> {
  return inflateWith(body, inflateAtOnce);
}

type Inflate = (body: Compressed, format: Format) => Promise<Buffer>;

async function inflateWith(body: Compressed, inflateAs: Inflate): Promise<Buffer> {
  const { sent, coding, limit } = body;
  switch (coding) {
    case 'gzip':
    case 'br':
      return inflateAs(body, coding);
    case 'zstd':
      return inflateZstd(sent, limit);
    case 'deflate':
      return inflateDeflate(body, inflateAs);
  }
}

/** RFC 9110, section 8.4.1.2: `deflate` is the zlib format, but many senders omit its header and checksum. */
async function inflateDeflate(body: Compressed, inflateAs: Inflate): Promise<Buffer> {
  if (!hasZlibHeader(body.sent)) return inflateAs(body, 'raw');
  return inflateAs(body, 'zlib').catch((error: unknown) => {
    // A raw stream may happen to begin like a zlib header.
    if (!(error instanceof WriterHubError) || error.code !== 'malformed_body') throw error;
    return inflateAs(body, 'raw').catch((other: unknown) => {
      throw other instanceof WriterHubError && other.code === 'malformed_body' ? error : other;
    });
  });
}

/** RFC 1950, section 2.2: the compression method is 8, and the first two bytes are a multiple of 31. */
function hasZlibHeader(sent: Buffer): boolean {
  return sent.length >= 2 && (sent[0]! & 0x0f) === 8 && sent.readUInt16BE(0) % 31 === 0;
}

async function inflateInSteps({ sent, coding, limit }: Compressed, format: Format): Promise<Buffer> {
  const engine: Engine = FORMATS[format].stream({ chunkSize: CHUNK });
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
    throw error instanceof WriterHubError ? error : damaged(sent, coding, error);
  }
  // Bytes after the end of the stream would be lost silently.
  if (engine.bytesWritten < sent.length) throw notEncodedAs(coding);
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

// eslint-disable-next-line @typescript-eslint/require-await -- what it throws is a rejection
async function inflateAtOnce({ sent, coding, limit }: Compressed, format: Format): Promise<Buffer> {
  let inflated: { readonly buffer: Buffer; readonly engine: Engine };
  try {
    const options = { maxOutputLength: Math.max(1, limit), chunkSize: CHUNK, info: true } as const;
    inflated = FORMATS[format].atOnce(sent, options) as typeof inflated;
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge(limit)
      : damaged(sent, coding, error);
  }
  if (inflated.engine.bytesWritten < sent.length) throw notEncodedAs(coding);
  return inflated.buffer;
}

/** The error of what zlib cannot read: `Z_BUF_ERROR` says that more should follow. */
function damaged(sent: Buffer, coding: CompressedCoding, error: unknown): WriterHubError {
  const isCutOff = beginsAs(sent, coding) && (error as { code?: unknown }).code === 'Z_BUF_ERROR';
  return isCutOff ? endsEarly(coding, error) : notEncodedAs(coding, error);
}

/** Whether the first bytes may be of this coding. */
function beginsAs(sent: Buffer, coding: CompressedCoding): boolean {
  switch (coding) {
    case 'gzip':
      return sent[0] === 0x1f && sent[1] === 0x8b;
    case 'deflate':
      return hasZlibHeader(sent);
    case 'br':
    case 'zstd':
      // RFC 7932 has no mark to begin with: what is read as brotli for some bytes is brotli.
      return sent.length > SHORTEST_BEGINNING;
  }
}
