import type { IncomingMessage } from 'node:http';
import { WriterHubError } from '../errors';
import { parseJson } from '../json/json-text';
import { Semaphore } from '../limits/semaphore';
import { tooLarge } from './body-errors';
import { ByteBudget } from '../limits/byte-budget';
import { contentCoding, decodeContent, type InflateZstd } from './content-decoding';

/** How many bodies are inflated at a time: a small one may inflate to the limit, and two keep both cores busy. */
const INFLATIONS = 2;

export interface BodyLimits {
  /** Bytes of one body, as sent and inflated. */
  readonly maxBytes: number;
  /** Nested arrays and objects of JSON. */
  readonly maxDepth: number;
  /** Bytes of all bodies that are being received. */
  readonly maxIncomingBytes: number;
  /** Inflates zstd where that does not hold up the main thread; absent: on the main thread. `holder`: for whom. */
  readonly inflateZstd?: (sent: Buffer, limit: number, holder: string) => Promise<Buffer>;
}

/** Reads the bodies of requests within limits. */
export class BodyReader {
  readonly #limits: BodyLimits;
  readonly #incoming: ByteBudget;
  readonly #inflations = new Semaphore(INFLATIONS);

  constructor(limits: BodyLimits) {
    this.#limits = limits;
    this.#incoming = new ByteBudget(limits.maxIncomingBytes);
  }

  /** Deepest nesting of arrays and objects in a JSON body. */
  get maxDepth(): number {
    return this.#limits.maxDepth;
  }

  /**
   * Reads and parses a JSON body; `undefined` if the request has none. Rejects as `readJson`, and with
   * `malformed_json`.
   */
  async parseJson(request: IncomingMessage): Promise<unknown> {
    return hasBody(request) ? parseJson(await this.readJson(request), this.#limits.maxDepth) : undefined;
  }

  /** The bytes of a JSON body. Rejects as `read`, and with `unsupported_media_type`. */
  async readJson(request: IncomingMessage): Promise<Buffer> {
    checkMediaType(request.headers['content-type']);
    return this.read(request);
  }

  /**
   * The bytes of a body of any media type, inflated: at most `maxBytes`, both as sent and inflated. Rejects with
   * `unsupported_encoding`, `message_too_large`, `malformed_body` or `store_busy`; the rest of a refused body is
   * discarded.
   */
  async read(request: IncomingMessage): Promise<Buffer> {
    const coding = contentCoding(request.headers['content-encoding']);
    const sent = await this.#readBytes(request);
    // An empty body is not compressed, whatever its headers say.
    if (coding === 'identity' || sent.length === 0) return sent;
    const { maxBytes, inflateZstd } = this.#limits;
    const zstd: InflateZstd | undefined = inflateZstd && ((bytes, limit) => inflateZstd(bytes, limit, ''));
    return this.#inflations.run(() => decodeContent(sent, coding, maxBytes, zstd));
  }

  #readBytes(request: IncomingMessage): Promise<Buffer> {
    const { maxBytes } = this.#limits;
    const incoming = this.#incoming;
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > maxBytes) throw tooLarge(maxBytes);
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      let refused = false;
      const release = (): void => {
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
        // The answer is sent now. The rest is read and dropped, since a client may read no answer before it has sent
        // all.
        refused = true;
        chunks.length = 0;
        release();
        reject(fits ? noRoom() : tooLarge(maxBytes));
      });
      request.on('end', () => {
        resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
      });
      request.on('error', (cause) => {
        reject(new WriterHubError('malformed_body', 'the body ended early', { cause }));
      });
      request.on('close', () => {
        release();
        if (!request.complete) reject(new WriterHubError('malformed_body', 'the body ended early'));
      });
    });
  }
}

/** RFC 9112, section 6.3: whether the request announces a body. */
function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function checkMediaType(header: string | undefined): void {
  // What nearly every client sends is let through before anything is parsed.
  if (header === 'application/json') return;
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  const json = /^(application|text)\/([^/]+\+)?json$/.test(type);
  if (json && (charset === undefined || /^"?utf-?8"?$/.test(charset))) return;
  const given = header === undefined ? 'no content type' : `the content type ${header.slice(0, 100)}`;
  throw new WriterHubError('unsupported_media_type', `${given} was given; send application/json in UTF-8`);
}

function noRoom(): WriterHubError {
  return new WriterHubError('store_busy', 'the server is receiving as much as it can hold; try again in a second');
}
