import type { MessageBuffer } from './message-buffer';
import type { TransportConnection } from '../transports/transport-connection';

/** How much text or bytes is sent at once rather than collected further. */
const FLUSH_SIZE = 64 * 1024;

/** More unsent bytes than this are congestion; the size of the buffer of an ASP.NET Core transport. */
const HIGH_WATER_MARK = 64 * 1024;

/**
 * Flushes outboxes after the event loop has handled the current events, so that messages of one turn are sent together.
 */
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

/** The wait for a client to take what was sent before. All who wait share it. */
class Room {
  end!: (mayGoOn: boolean) => void;
  readonly promise = new Promise<boolean>((resolve) => {
    this.end = resolve;
  });
  #since: number | undefined;

  /** Whether it has lasted too long. */
  isOverdue(now: number, timeout: number): boolean {
    this.#since ??= now;
    return now - this.#since >= timeout;
  }
}

/** The messages on their way to one client, in order. Those of one turn of the event loop are sent as one piece. */
export class Outbox {
  /** Whether the client should cause no further messages until it has taken what is waiting. */
  congested = false;
  /** What is waiting: text or bytes, depending on the protocol. */
  #text = '';
  #chunks: Uint8Array[] = [];
  #chunkBytes = 0;
  #queued = false;
  #taken = false;
  /** Since when something waits of which nothing is taken, as noticed at a heartbeat. */
  #waitingSince: number | undefined;
  /** Keeps counted messages until the client has acknowledged them, if a lost socket may be replaced. */
  #kept: MessageBuffer | undefined;
  /** Whether there is no socket to send on. */
  #suspended = false;
  /** Those who wait for congestion to end, if any do, and since when, as noticed at a heartbeat. */
  #room: Room | undefined;
  readonly #connection: TransportConnection;
  readonly #queue: FlushQueue;
  readonly #sendTimeout: number;

  constructor(connection: TransportConnection, queue: FlushQueue, sendTimeout: number) {
    this.#connection = connection;
    this.#queue = queue;
    this.#sendTimeout = sendTimeout;
  }

  /** How much is waiting; text that was not handed over yet counts a character as a byte. */
  get unsent(): number {
    const unsent = this.#connection.unsentBytes + this.#waiting;
    return this.#kept === undefined ? unsent : Math.max(unsent, this.#kept.excess);
  }

  /** From now on counted messages are kept here. */
  keep(buffer: MessageBuffer): void {
    this.#kept = buffer;
  }

  /** Takes a message; a `counted` one must not get lost with its socket. */
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

  /** The socket was lost, and with it everything that was not kept. */
  suspend(): void {
    this.#suspended = true;
    this.#text = '';
    this.#chunks = [];
    this.#chunkBytes = 0;
    this.congested = this.#kept?.full === true;
    if (!this.congested) this.endWait(true);
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

  /** The client has taken some bytes. Returns whether that has ended congestion. */
  onSent(): boolean {
    this.#taken = true;
    return this.#endCongestion();
  }

  /** The client has acknowledged some messages. Returns whether that has ended congestion. */
  onAcknowledged(): boolean {
    return this.#endCongestion();
  }

  #endCongestion(): boolean {
    if (!this.congested || this.#connection.unsentBytes > HIGH_WATER_MARK || this.#kept?.full === true) return false;
    this.congested = false;
    this.endWait(true);
    return true;
  }

  /**
   * Resolves to true when congestion has ended; to false when nothing more can be sent, or it has not ended within
   * `sendTimeout`.
   */
  room(): Promise<boolean> {
    return (this.#room ??= new Room()).promise;
  }

  /** Ends the wait for room. */
  endWait(mayGoOn: boolean): void {
    const room = this.#room;
    this.#room = undefined;
    room?.end(mayGoOn);
  }

  /** Ends the wait for room that has lasted too long; called at every heartbeat. */
  checkWait(now: number): void {
    if (this.#room?.isOverdue(now, this.#sendTimeout) === true) this.endWait(false);
  }

  /** Whether the client has taken nothing for too long, or acknowledged nothing while no more could be kept. */
  isStuck(now: number): boolean {
    if (this.#kept !== undefined && this.#kept.stuckFor(now) >= this.#sendTimeout) return true;
    if (this.#connection.unsentBytes === 0) this.#waitingSince = undefined;
    else if (this.#taken) this.#waitingSince = now;
    else this.#waitingSince ??= now;
    this.#taken = false;
    return this.#waitingSince !== undefined && now - this.#waitingSince >= this.#sendTimeout;
  }
}
