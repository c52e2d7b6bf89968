import { InvalidDataException } from '../exceptions';
import { ReceiveBuffer } from './receive-buffer';

/** A message is longer than the server takes. */
export class MessageTooLargeException extends InvalidDataException {
  constructor(limit: number) {
    super(
      `The maximum message size of ${limit}B was exceeded. The message size can be configured with the option maximumReceiveMessageSize.`,
      true,
    );
  }
}

/** Where a message and its frame lie in what was received, as far as that is known. */
export interface Frame {
  /** The message is `bytes[start, end)`. */
  start: number;
  end: number;
  /** Where the next frame begins. */
  next: number;
  /** How many of the waiting bytes are known to hold no end of the frame. */
  searched: number;
}

/** How the messages of an encoding are told apart in a stream of bytes. It keeps no state of a connection. */
export interface Framing {
  /**
   * Whether a whole frame waits; if so, says where. As much as it has searched in vain it notes in the frame too.
   * @throws MessageTooLargeException as soon as a frame cannot fit the limit.
   */
  find(received: ReceiveBuffer, maximumSize: number, frame: Frame): boolean;
}

/**
 * Cuts a stream of bytes, whatever pieces it comes in, into messages. A message lies in `bytes[start, end)` after `next()` has
 * returned true. The framing may be changed between two messages: the handshake is text, what follows it may not be.
 */
export class FrameReader {
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
