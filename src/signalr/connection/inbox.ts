import type { Framing } from '../protocol/framing';
import { MessageFrameReader } from '../protocol/message-frame-reader';
import { recordFraming } from '../protocol/record-framing';
import type { TransportConnection } from '../transports/transport-connection';

/** So many bytes may wait to be read before the socket is stopped, as in an ASP.NET Core transport. */
const READ_AHEAD = 64 * 1024;

/**
 * What is to be done with what a peer sends: `read` it now; let a little `wait`; `stop` the socket, as the server wants no
 * more from anyone; or `discard` it, as the connection is ending.
 */
export type ReceiveMode = 'read' | 'wait' | 'stop' | 'discard';

/** For whom an inbox reads. */
export interface InboxOwner {
  /** Asked before each message. */
  receiveMode(): ReceiveMode;
  /** Takes the message in `bytes[start, end)`. What it throws goes to `fail`. */
  receive(bytes: Buffer, start: number, end: number): void;
  /** Told when a message cannot be read. */
  fail(error: unknown): void;
}

/** What has come from one peer and was not read yet. It reads as far as its owner's appetite goes, and stops the socket beyond. */
export class Inbox {
  readonly #frames: MessageFrameReader;
  #reading = false;
  #paused = false;
  readonly #connection: TransportConnection;
  readonly #owner: InboxOwner;

  constructor(connection: TransportConnection, maximumMessageSize: number, owner: InboxOwner) {
    this.#connection = connection;
    this.#owner = owner;

    // HubProtocol: the handshake is JSON whatever follows it.
    this.#frames = new MessageFrameReader(recordFraming, maximumMessageSize);
  }

  /** How many bytes wait to be read. */
  get waiting(): number {
    return this.#frames.waiting;
  }

  /** How messages are told apart from the next one on. */
  set framing(framing: Framing) {
    this.#frames.framing = framing;
  }

  push(bytes: Buffer): void {
    if (this.#owner.receiveMode() === 'discard') return;
    this.#frames.push(bytes);
    this.updateFlow();
  }

  /** Reads on, and stops or starts the socket, as the moment asks; called when the owner's appetite may have changed. */
  updateFlow(): void {
    if (this.#frames.waiting > 0) this.#read();
    const mode = this.#owner.receiveMode();
    // Reading ahead a little is cheaper than to stop the socket each time, and shows that the peer closes.
    const pause = mode === 'stop' || (mode === 'wait' && this.#frames.waiting > READ_AHEAD);
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#connection.pause();
    else this.#connection.resume();
  }

  /** Lets go of what waits. */
  clear(): void {
    this.#frames.clear();
  }

  #read(): void {
    // A handler may cause this to be called again while it is called from here.
    if (this.#reading) return;
    this.#reading = true;
    const frames = this.#frames;
    try {
      while (this.#owner.receiveMode() === 'read' && frames.next()) {
        this.#owner.receive(frames.bytes, frames.start, frames.end);
      }
    } catch (error) {
      this.#owner.fail(error);
    }
    this.#reading = false;
  }
}
