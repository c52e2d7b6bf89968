import type { IncomingMessage } from 'node:http';
import { WriterHubError } from '../errors';
import { parseJson } from '../json/json-text';
import { tooLarge } from './body-errors';
import { contentCoding, decodeContent } from './content-decoding';
import { Turnstile } from './turnstile';

/** A small body may inflate to the limit: two at a time keep both cores busy, and memory in bounds. */
const inflations = new Turnstile(2);

/** What a body may be at the most. */
export interface BodyLimits {
  /** Bytes, as sent and inflated. */
  readonly maxBytes: number;
  /** Nested arrays and objects. */
  readonly maxDepth: number;
  /** What all bodies that are being received take together. */
  readonly incoming: IncomingBytes;
}

/** Counts the bytes of bodies that have begun to arrive and are not complete. */
export class IncomingBytes {
  #held = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether there is room for so many more, which are counted then. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#most) return false;
    this.#held += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#held -= bytes;
  }
}

/** Reads and parses a JSON body; `undefined` when the request has none. Rejects as `readJsonBody` does, and with `malformed_json`. */
export async function readJson(request: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  return hasBody(request) ? parseJson(await readJsonBody(request, limits), limits.maxDepth) : undefined;
}

/** Reads a JSON body whole. Rejects as `readBody` does, and with `unsupported_media_type`. */
export async function readJsonBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  checkMediaType(request.headers['content-type']);
  return readBody(request, limits);
}

/**
 * Reads a body whole, whatever its media type: at most `maxBytes` bytes as sent and as many inflated. Rejects with
 * `unsupported_encoding`, `message_too_large`, `malformed_body`, `store_busy`. What is left unread of a refused body is discarded.
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const coding = contentCoding(request.headers['content-encoding']);
  const sent = await readBytes(request, limits);
  // An empty body is not compressed, whatever its headers say.
  if (coding === 'identity' || sent.length === 0) return sent;
  return inflations.run(() => decodeContent(sent, coding, limits.maxBytes));
}

/** Whether the request announces a body (RFC 9112, section 6.3). */
function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function checkMediaType(header: string | undefined): void {
  // What nearly every client sends is let through before anything is taken apart.
  if (header === 'application/json') return;
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const json = /^(application|text)\/([^/]+\+)?json$/.test(type);
  if (json && (charset === undefined || /^"?utf-?8"?$/.test(charset))) return;
  const given = header === undefined ? 'no content type' : `the content type ${header.slice(0, 100)}`;
  throw new WriterHubError('unsupported_media_type', `${given} was given; send application/json in UTF-8`);
}

function readBytes(request: IncomingMessage, { maxBytes, incoming }: BodyLimits): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let refused = false;
    const letGo = (): void => {
      incoming.release(size);
      size = 0;
    };
    request.on('data', (chunk: Buffer) => {
      if (refused) return;
      const fits = size + chunk.length <= maxBytes;
      if (fits && incoming.take(chunk.length)) {
        size += chunk.length;
        chunks.push(chunk);
        return;
      }
      // The answer goes out now; the rest is read and dropped, so that a client still sending gets to see it.
      refused = true;
      chunks.length = 0;
      letGo();
      reject(fits ? noRoom() : tooLarge(maxBytes));
    });
    request.on('end', () => {
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    request.on('error', (cause) => {
      reject(new WriterHubError('malformed_body', 'the body ended early', { cause }));
    });
    request.on('close', () => {
      letGo();
      if (!request.complete) reject(new WriterHubError('malformed_body', 'the body ended early'));
    });
  });
}

function noRoom(): WriterHubError {
  return new WriterHubError('store_busy', 'the server is receiving as much as it can hold; try again in a second');
}
