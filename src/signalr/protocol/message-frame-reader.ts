import type { Frame, Framing } from './framing';
import { ReceiveBuffer } from './receive-buffer';

/**
 * Cuts a stream of bytes, in pieces of any size, into messages. After `next()` has returned true, the message is in
 * `bytes[start, end)`. The framing may be changed between two messages: the handshake is text, but what follows it may
 * not be.
 */
export class MessageFrameReader {
  readonly #received = new ReceiveBuffer();
  readonly #frame: Frame = { start: 0, end: 0, next: 0, searched: 0 };

  constructor(
    public framing: Framing,
    readonly maximumSize: number,
  ) {}

  get bytes(): Buffer {
    return this.#received.bytes;
  }

  get start(): number {
    return this.#frame.start;
  }

  get end(): number {
    return this.#frame.end;
  }

  /** How many bytes have not been read yet. */
  get waiting(): number {
    return this.#received.length;
  }

  push(chunk: Buffer): void {
    this.#received.push(chunk);
  }

  /** Goes to the next complete message. @throws InvalidDataException when the waiting bytes cannot become one. */
  next(): boolean {
    const received = this.#received;
    const frame = this.#frame;
    if (received.from === received.to || !this.framing.find(received, this.maximumSize, frame)) return false;
    received.from = frame.next;
    frame.searched = 0;
    return true;
  }

  /** Discards all bytes. */
  clear(): void {
    this.#received.clear();
    this.#frame.searched = 0;
  }
}
