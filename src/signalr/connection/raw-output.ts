import { TextDecoder } from 'node:util';
import type { TransportName } from '../names';

/** Whether a WebSocket carries text or binary messages; the other transports carry bytes. */
export type RawFormat = 'text' | 'binary';

/** Puts what is sent into the form that a transport carries. */
export class RawEncoder {
  #format: RawFormat = 'text';
  /** Bytes may end within a character, which the next ones complete. */
  #decoder: TextDecoder | undefined;
  readonly #transport: TransportName;

  constructor(transport: TransportName) {
    this.#transport = transport;
  }

  get format(): RawFormat {
    return this.#format;
  }

  /** @throws TypeError when it is none, or the transport does not carry it. */
  set format(format: string) {
    if (format !== 'text' && format !== 'binary') throw new TypeError("transferFormat is 'text' or 'binary'");
    if (format === 'binary' && this.#transport === 'serverSentEvents') {
      throw new TypeError('Server-Sent Events carry text only; leave them out of the option `transports`');
    }
    this.#format = format;
  }

  /** @throws TypeError when bytes that are not UTF-8 are to be sent as text. */
  encode(data: string | Uint8Array): string | Uint8Array {
    if (typeof data !== 'string' && !(data instanceof Uint8Array)) throw new TypeError('send takes text or bytes');
    if (this.#transport === 'longPolling') return data;
    if (this.#format === 'binary') return typeof data === 'string' ? Buffer.from(data) : data;
    if (this.#decoder === undefined && typeof data === 'string') return data;
    return this.#decode(typeof data === 'string' ? Buffer.from(data) : data);
  }

  #decode(bytes: Uint8Array): string {
    // It throws for what is not UTF-8, and keeps a mark of the byte order.
    this.#decoder ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    try {
      return this.#decoder.decode(bytes, { stream: true });
    } catch (error) {
      this.#decoder = undefined;
      throw new TypeError("these bytes are not UTF-8; to send them as they are, set transferFormat to 'binary'", {
        cause: error,
      });
    }
  }
}
