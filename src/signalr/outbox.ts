import type { Connection } from './transports/connection';

/** So much text is sent at once rather than gathered further. */
const enoughText = 64 * 1024;

/** More unsent bytes than this, the buffer of an ASP.NET Core transport, is congestion. */
const highWaterMark = 64 * 1024;

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
  #text = '';
  #queued = false;
  #taken = false;
  #lastTaken: number;

  constructor(
    private readonly connection: Connection,
    private readonly queue: FlushQueue,
    private readonly sendTimeout: number,
    now: number,
  ) {
    this.#lastTaken = now;
  }

  /** How much waits; text that was not handed over yet counts a character as a byte. */
  get unsent(): number {
    return this.connection.unsentBytes + this.#text.length;
  }

  write(message: string): void {
    this.#text += message;
    if (this.#text.length >= enoughText) {
      this.flush();
    } else if (!this.#queued) {
      this.#queued = true;
      this.queue.add(this);
    }
  }

  flush(): void {
    this.#queued = false;
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.connection.send(text);
    if (this.connection.unsentBytes > highWaterMark) this.congested = true;
  }

  /** The peer has taken some bytes. Returns whether congestion ended by it. */
  sent(): boolean {
    this.#taken = true;
    if (!this.congested || this.connection.unsentBytes > highWaterMark) return false;
    this.congested = false;
    return true;
  }

  /** Whether the peer has taken nothing for too long. */
  isStuck(now: number): boolean {
    if (this.#taken || this.connection.unsentBytes === 0) this.#lastTaken = now;
    this.#taken = false;
    return now - this.#lastTaken >= this.sendTimeout;
  }
}
