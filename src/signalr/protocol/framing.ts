import { InvalidDataException } from '../errors';
import { ReceiveBuffer } from './receive-buffer';

/** Ends each message of a text protocol. HubProtocol: JSON Encoding. */
export const RECORD_SEPARATOR = 0x1e;

/** The same as a string, for writers. */
export const RECORD_SEPARATOR_TEXT = '\x1e';

/** A message is longer than the server takes. */
export class MessageTooLargeException extends InvalidDataException {
  constructor(limit: number) {
    super(
      `The maximum message size of ${limit}B was exceeded. The message size can be configured with the option maximumReceiveMessageSize.`,
      true,
    );
  }
}

/**
 * Cuts a stream of bytes, whatever pieces it comes in, into records. A record lies in `bytes[start, end)` after
 * `next()` has returned true.
 */
export class RecordReader {
  start = 0;
  end = 0;
  readonly #received = new ReceiveBuffer();
  /** How many of the waiting bytes are known to hold no separator. */
  #searched = 0;

  constructor(readonly maximumSize: number) {}

  get bytes(): Buffer {
    return this.#received.bytes;
  }

  /** How many bytes wait to be cut. */
  get waiting(): number {
    return this.#received.length;
  }

  push(chunk: Buffer): void {
    this.#received.push(chunk);
  }

  /** Goes to the next complete record. @throws MessageTooLargeException as soon as a record cannot fit the limit. */
  next(): boolean {
    const received = this.#received;
    if (received.from === received.to) return false;
    const from = received.from;
    const separator = this.#findSeparator(from + this.#searched);
    // HubOptions.MaximumReceiveMessageSize counts the separator too.
    const size = separator === -1 ? received.length + 1 : separator + 1 - from;
    if (size > this.maximumSize) throw new MessageTooLargeException(this.maximumSize);
    if (separator === -1) {
      this.#searched = received.length;
      return false;
    }
    this.start = from;
    this.end = separator;
    this.#searched = 0;
    received.from = separator + 1;
    return true;
  }

  /** Lets go of all bytes. */
  clear(): void {
    this.#received.clear();
    this.#searched = 0;
  }

  #findSeparator(from: number): number {
    const { bytes, to } = this.#received;
    if (to === bytes.length) return bytes.indexOf(RECORD_SEPARATOR, from);
    // What lies behind `to` was never received: it must be neither found nor searched, byte after byte, again.
    const found = bytes.subarray(from, to).indexOf(RECORD_SEPARATOR);
    return found === -1 ? -1 : from + found;
  }
}
