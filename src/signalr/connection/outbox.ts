import type { MessageBuffer } from './message-buffer';
import type { TransportConnection } from '../transports/transport-connection';

/** So much is sent at once rather than gathered further. */
const FLUSH_SIZE = 64 * 1024;

/** More unsent bytes than this, the buffer of an ASP.NET Core transport, is congestion. */
const HIGH_WATER_MARK = 64 * 1024;

/** Flushes outboxes once the event loop has handled what was due, so that messages of one turn leave together. */
export class FlushQueue {
  #waiting: Outbox[] = [];

  add(outbox: Outbox): void {
    if (this.#waiting.push(outbox) === 1) setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    const due = this.#waiting;
    this.#waiting = [];
    for (const outbox of due) outbox.flush();
  };
}

/** The messages on their way to one peer, in order. Those that fall due in one turn of the event loop leave as one piece. */
export class Outbox {
  /** Whether the peer should be given no further work until it has taken what waits. */
  congested = false;
  /** What waits: text or bytes, as the connection's protocol writes the one or the other. */
  #text = '';
  #chunks: Uint8Array[] = [];
  #chunkBytes = 0;
  #queued = false;
  #taken = false;
  #lastTaken: number;
  /** Keeps what is counted until the client has acknowledged it, where a lost socket may be replaced. */
  #kept: MessageBuffer | undefined;
  /** Whether there is no socket to send on. */
  #suspended = false;
  readonly #connection: TransportConnection;
  readonly #queue: FlushQueue;
  readonly #sendTimeout: number;

  constructor(connection: TransportConnection, queue: FlushQueue, sendTimeout: number, now: number) {
    this.#connection = connection;
    this.#queue = queue;
    this.#sendTimeout = sendTimeout;

    this.#lastTaken = now;
  }

  /** How much waits; text that was not handed over yet counts a character as a byte. */
  get unsent(): number {
    const unsent = this.#connection.unsentBytes + this.#waiting;
    return this.#kept === undefined ? unsent : Math.max(unsent, this.#kept.excess);
  }

  /** From now on counted messages are kept here. */
  keep(buffer: MessageBuffer): void {
    this.#kept = buffer;
  }

  /** Takes a message; `counted` is one that must not be lost with a socket. */
  write(message: string | Uint8Array, counted = false): void {
    if (this.#kept !== undefined) {
      if (counted) this.#kept.add(message);
      if (this.#kept.full) this.congested = true;
      if (this.#suspended) return;
    }
    if (typeof message === 'string') {
      this.#text += message;
    } else {
      this.#chunks.push(message);
      this.#chunkBytes += message.length;
    }
    if (this.#waiting >= FLUSH_SIZE) {
      this.flush();
    } else if (!this.#queued) {
      this.#queued = true;
      this.#queue.add(this);
    }
  }

  flush(): void {
    this.#queued = false;
    if (this.#text !== '') {
      const text = this.#text;
      this.#text = '';
      this.#connection.send(text);
    }
    if (this.#chunkBytes > 0) this.#connection.send(this.#takeBytes());
    if (this.#connection.unsentBytes > HIGH_WATER_MARK) this.congested = true;
  }

  /** The socket was lost, and with it all that was not kept. */
  suspend(): void {
    this.#suspended = true;
    this.#text = '';
    this.#chunks = [];
    this.#chunkBytes = 0;
    this.congested = this.#kept?.full === true;
  }

  /** There is another socket. */
  resume(): void {
    this.suspend();
    this.#suspended = false;
  }

  get #waiting(): number {
    return this.#text.length + this.#chunkBytes;
  }

  #takeBytes(): Uint8Array {
    const chunks = this.#chunks;
    const length = this.#chunkBytes;
    this.#chunks = [];
    this.#chunkBytes = 0;
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
  }

  /** The peer has taken some bytes. Returns whether congestion ended by it. */
  onSent(): boolean {
    this.#taken = true;
    return this.#endCongestion();
  }

  /** The client has acknowledged some of what is kept. Returns whether congestion ended by it. */
  onAcknowledged(): boolean {
    return this.#endCongestion();
  }

  #endCongestion(): boolean {
    if (!this.congested || this.#connection.unsentBytes > HIGH_WATER_MARK || this.#kept?.full === true) return false;
    this.congested = false;
    return true;
  }

  /** Whether the peer has taken nothing for too long, or acknowledged nothing while no more could be kept. */
  isStuck(now: number): boolean {
    if (this.#kept !== undefined && this.#kept.stuckFor(now) >= this.#sendTimeout) return true;
    if (this.#taken || this.#connection.unsentBytes === 0) this.#lastTaken = now;
    this.#taken = false;
    return now - this.#lastTaken >= this.#sendTimeout;
  }
}
