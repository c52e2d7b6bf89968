import type { ServerResponse } from 'node:http';

/** What the socket takes at once: to wait for so little would be more work than to hold it. */
const SMALL_BYTES = 16 * 1024;

/** A body is sent in pieces of about so many bytes: each that is taken is progress. */
export const PIECE_BYTES = 64 * 1024;

const CRLF = '\r\n';

const TAKEN = Promise.resolve();

/** A piece of a body with its frame of HTTP/1.1 (RFC 9112, section 7.1), made once for all answers that send it. */
export class BodyChunk {
  /** With its length before it and a line end behind. */
  readonly framed: Buffer;
  readonly data: Buffer;

  constructor(parts: readonly Uint8Array[], size: number) {
    const length = `${size.toString(16)}${CRLF}`;
    this.framed = Buffer.allocUnsafe(length.length + size + CRLF.length);
    let at = this.framed.write(length, 'latin1');
    this.data = this.framed.subarray(at, at + size);
    for (const part of parts) {
      this.framed.set(part, at);
      at += part.length;
    }
    this.framed.write(CRLF, at, 'latin1');
  }

  /** The chunks of some text. */
  static *of(text: string): Generator<BodyChunk, void, void> {
    for (const part of cut(Buffer.from(text))) yield new BodyChunk([part], part.length);
  }
}

/** Cuts what is longer than a piece. */
export function* cut(bytes: Buffer): Generator<Buffer, void, void> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

/** When a caller is given up. */
export interface Patience {
  /** The longest that it may take nothing, in milliseconds. */
  readonly timeout: number;
  /** Called when it has taken nothing for so long: the response is destroyed then. */
  onOverdue(): void;
}

/**
 * The body of a response that goes on for as long as both sides want, and whose head was sent. Chunks go to the socket
 * as they are, framed: to frame the same bytes for each of many readers would cost more than to send them.
 */
export class LiveBody {
  readonly #response: ServerResponse;
  readonly #patience: Patience;
  /** How many writes the socket has not taken. */
  #unsent = 0;
  #resolve: (() => void) | undefined;
  #waitsSince = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse, patience: Patience) {
    this.#response = response;
    this.#patience = patience;
    response.once('close', () => {
      clearTimeout(this.#timer);
      this.#goOn();
    });
  }

  /** Whether the caller has yet to take what it was sent last. */
  get isWaiting(): boolean {
    return this.#resolve !== undefined;
  }

  /** Sends a chunk, which is not empty; resolves when there is room for another, or the caller has gone. */
  write(chunk: BodyChunk): Promise<void> {
    const response = this.#response;
    const { socket } = response;
    if (response.closed || response.writableEnded) return TAKEN;
    if (response.destroyed || socket?.destroyed === true) return this.#untilRoom();
    this.#unsent += 1;
    // Without a socket it is not its turn yet: the caller has not been sent another answer that it asked for before.
    if (socket === null) response.write(chunk.data, this.#onTaken);
    else socket.write(response.chunkedEncoding ? chunk.framed : chunk.data, this.#onTaken);
    if ((socket ?? response).writableLength <= SMALL_BYTES) return TAKEN;
    return this.#untilRoom();
  }

  #untilRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#waitsSince = performance.now();
      this.#timer ??= setTimeout(this.#check, this.#patience.timeout);
    });
  }

  readonly #onTaken = (): void => {
    this.#unsent -= 1;
    this.#waitsSince = performance.now();
    if (this.#unsent === 0) this.#goOn();
  };

  /** One timer serves many waits, since most are short: it looks how long this one has been. */
  readonly #check = (): void => {
    this.#timer = undefined;
    if (this.#resolve === undefined) return;
    const left = this.#waitsSince + this.#patience.timeout - performance.now();
    if (left > 0) {
      this.#timer = setTimeout(this.#check, left);
      return;
    }
    this.#patience.onOverdue();
    this.#response.destroy();
  };

  #goOn(): void {
    this.#resolve?.();
    this.#resolve = undefined;
  }
}
