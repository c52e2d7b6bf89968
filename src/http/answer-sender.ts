import type { ServerResponse } from 'node:http';
import { type HeldBytes, SMALL_BYTES } from '../limits/held-bytes';
import type { OnStrike } from '../limits/limit-watch';
import { LiveBody } from './live-body';

/** Long answers are handed to the socket in pieces of this many bytes: each that is taken is progress. */
const PIECE_BYTES = 16 * 1024;

/** What ends the wait for a caller that takes nothing. */
const ENDS_OF_WAIT = ['drain', 'close', 'error'] as const;

/** What is counted for an answer before it is made. */
export interface Reservation {
  /** Counts what it has become. Throws as `HeldBytes.take`. */
  adjust(bytes: number): void;
}

/** Sends answers that a caller may be slow to take, and counts them until they are taken. */
export class AnswerSender {
  readonly #held: HeldBytes;
  readonly #limits: { readonly sendTimeout: number };
  readonly #onStrike: OnStrike;

  /** An answer of which nothing is taken for `sendTimeout` milliseconds is cut off. */
  constructor(held: HeldBytes, limits: { readonly sendTimeout: number }, onStrike: OnStrike) {
    this.#held = held;
    this.#limits = limits;
    this.#onStrike = onStrike;
  }

  /** Counts `bytes` for a holder until the response is closed. Throws as `HeldBytes.take`. */
  reserve(response: ServerResponse, holder: string, bytes: number): Reservation {
    const held = this.#held;
    let reserved = 0;
    let isOver = response.closed;
    const adjust = (wanted: number): void => {
      if (isOver) return;
      if (wanted > reserved) held.take(holder, wanted - reserved);
      else held.release(holder, reserved - wanted);
      reserved = wanted;
    };
    adjust(bytes);
    response.once('close', () => {
      adjust(0);
      isOver = true;
    });
    return { adjust };
  }

  /** Sends the body of a response whose headers have been set, and ends it. Its bytes have been reserved. */
  send(response: ServerResponse, holder: string, body: readonly Uint8Array[]): void {
    const chunks = response.req.method === 'HEAD' ? [] : body;
    const [only] = chunks;
    if (response.req.method !== 'HEAD') {
      response.setHeader(
        'Content-Length',
        chunks.reduce((sum, chunk) => sum + chunk.length, 0),
      );
    }
    if (chunks.length <= 1 && (only?.length ?? 0) < SMALL_BYTES) {
      response.end(only);
      return;
    }
    this.#sendPieces(response, holder, chunks).catch((error: unknown) => {
      // The caller has gone: there is nobody to tell.
      response.destroy(error instanceof Error ? error : undefined);
    });
  }

  /** Sends a part of a body, and resolves when the caller has taken most of it, or has gone. */
  async push(response: ServerResponse, holder: string, chunk: Uint8Array): Promise<void> {
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      if (response.closed) return;
      if (!response.write(chunk.subarray(start, start + PIECE_BYTES))) await this.#untilTaken(response, holder);
    }
  }

  /** The body of a response that has no end yet; its head has been sent. */
  liveBody(response: ServerResponse, holder: string): LiveBody {
    const onOverdue = (): void => {
      this.#onStrike('unread_answer', holder);
    };
    return new LiveBody(response, { timeout: this.#limits.sendTimeout, onOverdue });
  }

  async #sendPieces(response: ServerResponse, holder: string, chunks: readonly Uint8Array[]): Promise<void> {
    for (const chunk of chunks) await this.push(response, holder, chunk);
    response.end();
  }

  /** Resolves when the caller has taken something, or has gone. */
  #untilTaken(response: ServerResponse, holder: string): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        for (const event of ENDS_OF_WAIT) response.off(event, end);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#onStrike('unread_answer', holder);
        response.destroy();
      }, this.#limits.sendTimeout);
      for (const event of ENDS_OF_WAIT) response.on(event, end);
    });
  }
}
