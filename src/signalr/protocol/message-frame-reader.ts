import type { Frame, Framing } from './framing';
import { ReceiveBuffer } from './receive-buffer';

/**
 * Cuts a stream of bytes, whatever pieces it comes in, into messages. A message lies in `bytes[start, end)` after `next()` has
 * returned true. The framing may be changed between two messages: the handshake is text, what follows it may not be.
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

  /** How many bytes wait to be cut. */
  get waiting(): number {
    return this.#received.length;
  }

  push(chunk: Buffer): void {
    this.#received.push(chunk);
  }

  /** Goes to the next complete message. @throws InvalidDataException when what waits cannot become one. */
  next(): boolean {
    const received = this.#received;
    const frame = this.#frame;
    if (received.from === received.to || !this.framing.find(received, this.maximumSize, frame)) return false;
    received.from = frame.next;
    frame.searched = 0;
    return true;
  }

  /** Lets go of all bytes. */
  clear(): void {
    this.#received.clear();
    this.#frame.searched = 0;
  }
}
