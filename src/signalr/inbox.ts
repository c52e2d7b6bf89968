import { RecordReader } from './protocol/framing';
import type { Connection } from './transports/connection';

/** So many bytes may wait to be read before the socket is stopped, as in an ASP.NET Core transport. */
const readAhead = 64 * 1024;

/**
 * What is to be done with what a peer sends: `read` it now; let a little `wait`; `stop` the socket, as the server wants no
 * more from anyone; or `discard` it, as the connection is ending.
 */
export type Appetite = 'read' | 'wait' | 'stop' | 'discard';

/** For whom an inbox reads. */
export interface InboxOwner {
  /** Asked before each record. */
  appetite(): Appetite;
  /** Takes the record in `bytes[start, end)`. What it throws goes to `fail`. */
  receive(bytes: Buffer, start: number, end: number): void;
  /** Told when a record cannot be read. */
  fail(error: unknown): void;
}

/** What has come from one peer and was not read yet. It reads as far as its owner's appetite goes, and stops the socket beyond. */
export class Inbox {
  readonly #records: RecordReader;
  #reading = false;
  #paused = false;

  constructor(
    private readonly connection: Connection,
    maximumMessageSize: number,
    private readonly owner: InboxOwner,
  ) {
    this.#records = new RecordReader(maximumMessageSize);
  }

  push(bytes: Buffer): void {
    if (this.owner.appetite() === 'discard') return;
    this.#records.push(bytes);
    this.regulate();
  }

  /** Reads on, and stops or starts the socket, as the moment asks; called when the owner's appetite may have changed. */
  regulate(): void {
    if (this.#records.waiting > 0) this.#read();
    const appetite = this.owner.appetite();
    // Reading ahead a little is cheaper than to stop the socket each time, and shows that the peer closes.
    const pause = appetite === 'stop' || (appetite === 'wait' && this.#records.waiting > readAhead);
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.connection.pause();
    else this.connection.resume();
  }

  /** Lets go of what waits. */
  clear(): void {
    this.#records.clear();
  }

  #read(): void {
    // A handler may cause this to be called again while it is called from here.
    if (this.#reading) return;
    this.#reading = true;
    const records = this.#records;
    try {
      while (this.owner.appetite() === 'read' && records.next()) {
        this.owner.receive(records.bytes, records.start, records.end);
      }
    } catch (error) {
      this.owner.fail(error);
    }
    this.#reading = false;
  }
}
