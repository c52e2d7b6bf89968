import type { IncomingMessage, ServerResponse } from 'node:http';
import { WriterHubError } from '../errors';
import { parseJson } from '../json/json-text';
import { type HeldBytes, SMALL_BYTES } from '../limits/held-bytes';
import type { OnStrike } from '../limits/limit-watch';
import { Semaphore } from '../limits/semaphore';
import { SMALL_WORK, type Turns } from '../limits/turns';
import { waitRefusal } from '../limits/wait-refusal';
import { BROKEN_BODY, tooLarge } from './body-errors';
import { contentCoding, decodeContent, type Inflate } from './content-decoding';
import type { Compressed } from './inflate';
import { asWriterHubError } from './problem';
import { hasBody } from './slow-requests';

/** How many bodies are inflated at a time: a small one may inflate to the limit, and two keep both cores busy. */
const INFLATIONS = 2;

/** How many bodies may wait to be inflated, and for how many milliseconds. */
const MAX_WAITING = 1000;
const LONGEST_WAIT = 10_000;

/** Chunks of at least so many bytes are received in turns. */
const LARGE_CHUNK = 16 * 1024;
/** How many bodies go on after one turn; each then brings up to 128 KiB. */
const RESUMED_PER_TURN = 4;

export interface BodyLimits {
  /** Bytes of one body, as sent and inflated. */
  readonly maxBytes: number;
  /** Nested arrays and objects of JSON. */
  readonly maxDepth: number;
  /** Inflates large bodies where that does not hold up the main thread; absent: here. `holder`: for whom. */
  readonly inflate?: (body: Compressed, holder: string) => Promise<Buffer>;
}

/** A request whose body is read. */
export interface BodyOwner {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Whose share of the bytes that are held it takes. */
  readonly holder: string;
  /** Bytes the body may have if that is less than the limit of all bodies. */
  readonly maxBytes?: number;
}

/** Reads the bodies of requests within limits. */
export class BodyReader {
  readonly #limits: BodyLimits;
  readonly #held: HeldBytes;
  readonly #turns: Turns;
  readonly #inflations: Semaphore;
  /** How many bodies go on after the turn of this number. */
  #resumed = 0;
  #resumedIn = 0;

  constructor(
    limits: BodyLimits,
    { held, turns, onStrike }: { readonly held: HeldBytes; readonly turns: Turns; readonly onStrike: OnStrike },
  ) {
    this.#limits = limits;
    this.#held = held;
    this.#turns = turns;
    this.#inflations = new Semaphore(INFLATIONS, {
      maxWaiting: MAX_WAITING,
      maxWait: LONGEST_WAIT,
      errorFor: (failure) => waitRefusal('compressed bodies', failure),
      onShareRefused: (_, holder) => {
        onStrike('inflations', holder);
      },
    });
  }

  /** Deepest nesting of arrays and objects in a JSON body. */
  get maxDepth(): number {
    return this.#limits.maxDepth;
  }

  /**
   * Reads and parses a JSON body; `undefined` if the request has none. Rejects as `readJson`, and with
   * `malformed_json`.
   */
  async parseJson(owner: BodyOwner): Promise<unknown> {
    return hasBody(owner.request) ? parseJson(await this.readJson(owner), this.#limits.maxDepth) : undefined;
  }

  /** The bytes of a JSON body. Rejects as `read`, and with `unsupported_media_type`. */
  async readJson(owner: BodyOwner): Promise<Buffer> {
    checkMediaType(owner.request.headers['content-type']);
    return this.read(owner);
  }

  /**
   * The bytes of a body of any media type, inflated: at most `maxBytes`, both as sent and inflated. Rejects with
   * `unsupported_encoding`, `message_too_large`, `malformed_body`, `over_share` or `store_busy`; the rest of a refused
   * body is discarded. A body that is not small counts as held until its request has been answered, and it is handed
   * over when it is its holder's turn.
   */
  async read(owner: BodyOwner): Promise<Buffer> {
    const turns = this.#turns;
    const { number } = turns;
    const body = await this.#receive(owner);
    // What came along with its request has had its turn with that.
    const isNow = body.length < SMALL_WORK && turns.number === number;
    if (!isNow && !turns.mayBegin()) await turns.wait(owner.holder, owner.request.socket);
    return body;
  }

  async #receive(owner: BodyOwner): Promise<Buffer> {
    const { request, response, holder } = owner;
    const maxBytes = Math.min(owner.maxBytes ?? Infinity, this.#limits.maxBytes);
    const coding = contentCoding(request.headers['content-encoding']);
    const sent = await this.#readBytes(request, holder, maxBytes);
    // An empty body is not compressed, whatever its headers say.
    if (coding === 'identity' || sent.length === 0) {
      if (sent.length >= SMALL_BYTES) this.#hold(response, holder, sent.length);
      return sent;
    }
    const { inflate } = this.#limits;
    const elsewhere: Inflate | undefined = inflate && ((body) => inflate(body, holder));
    return this.#inflations.run(
      async () => {
        const content = await decodeContent({ sent, coding, limit: maxBytes }, elsewhere);
        this.#hold(response, holder, content.length);
        return content;
      },
      { holder },
    );
  }

  #hold(response: ServerResponse, holder: string, bytes: number): void {
    if (response.closed) return;
    this.#held.take(holder, bytes);
    response.once('close', () => {
      this.#held.release(holder, bytes);
    });
  }

  /** However many send large bodies at once, and however fast: sockets and timers get their turn. */
  #giveWay(request: IncomingMessage, holder: string): void {
    const turns = this.#turns;
    if (turns.mayBegin()) return;
    request.pause();
    turns.queue(holder, request.socket, () => {
      request.resume();
      // What they bring is read only after the turn, so it has to be counted.
      if (turns.number !== this.#resumedIn) this.#resumed = 0;
      this.#resumedIn = turns.number;
      if (++this.#resumed >= RESUMED_PER_TURN) turns.end();
    });
  }

  #readBytes(request: IncomingMessage, holder: string, maxBytes: number): Promise<Buffer> {
    const held = this.#held;
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > maxBytes) throw tooLarge(maxBytes);
    // The sender may have gone while the request waited for its turn.
    if (request.destroyed) throw endedEarly();
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      let refused = false;
      const release = (): void => {
        if (size > 0) held.release(holder, size);
        size = 0;
      };
      const refuse = (error: Error): void => {
        // The answer is sent now. The rest is read and dropped, since a client may read no answer before it has sent
        // all.
        refused = true;
        chunks.length = 0;
        release();
        reject(error);
      };
      request.once(BROKEN_BODY, refuse);
      request.on('data', (chunk: Buffer) => {
        if (refused) return;
        if (size + chunk.length > maxBytes) {
          refuse(tooLarge(maxBytes));
          return;
        }
        try {
          held.take(holder, chunk.length);
        } catch (error) {
          refuse(asWriterHubError(error));
          return;
        }
        size += chunk.length;
        chunks.push(chunk);
        if (size < announced && chunk.length >= LARGE_CHUNK) this.#giveWay(request, holder);
      });
      request.on('end', () => {
        resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
      });
      request.on('error', (cause) => {
        reject(endedEarly(cause));
      });
      request.on('close', () => {
        release();
        if (!request.complete) reject(endedEarly());
      });
    });
  }
}

function endedEarly(cause?: unknown): WriterHubError {
  return new WriterHubError('malformed_body', 'the body ended early', { cause });
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
