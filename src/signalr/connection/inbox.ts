import type { Framing } from '../protocol/framing';
import { MessageFrameReader } from '../protocol/message-frame-reader';
import { recordFraming } from '../protocol/record-framing';
import type { ReadTurns, TurnTaker } from '../transports/read-turns';
import type { TransportConnection } from '../transports/transport-connection';

/** How many bytes may wait to be read before the socket is paused, as in an ASP.NET Core transport. */
const READ_AHEAD = 64 * 1024;

/**
 * What to do with what a client sends: `read` it now; let a little of it `wait`; `stop` the socket, as the server reads
 * from nobody; or `discard` it, as the connection is ending.
 */
export type ReceiveMode = 'read' | 'wait' | 'stop' | 'discard';

/** The connection an inbox reads for. */
export interface InboxOwner {
  /** Who answers for the connection. */
  readonly holder: string | undefined;
  /** Asked before each message. */
  receiveMode(): ReceiveMode;
  /** Takes the message in `bytes[start, end)`. What it throws goes to `fail`. */
  receive(bytes: Buffer, start: number, end: number): void;
  /** Called when a message cannot be read. */
  fail(error: unknown): void;
  /** Called when there may be something to read again. */
  updateFlow(): void;
}

/**
 * What a client has sent and was not read yet. Reads as far as its owner's receive mode allows, and pauses the socket
 * beyond that.
 */
export class Inbox implements TurnTaker {
  /** Whether complete messages wait for another turn of the event loop. */
  deferred = false;
  readonly #frames: MessageFrameReader;
  #reading = false;
  #paused = false;
  readonly #connection: TransportConnection;
  readonly #owner: InboxOwner;
  readonly #turns: ReadTurns;

  constructor(connection: TransportConnection, maximumMessageSize: number, owner: InboxOwner, turns: ReadTurns) {
    this.#connection = connection;
    this.#owner = owner;
    this.#turns = turns;

    // HubProtocol: the handshake is JSON, whatever protocol follows.
    this.#frames = new MessageFrameReader(recordFraming, maximumMessageSize);
  }

  get holder(): string | undefined {
    return this.#owner.holder;
  }

  /** How many bytes are waiting to be read. */
  get waiting(): number {
    return this.#frames.waiting;
  }

  /** The framing from the next message on. */
  set framing(framing: Framing) {
    this.#frames.framing = framing;
  }

  push(bytes: Buffer): void {
    if (this.#owner.receiveMode() === 'discard') return;
    this.#frames.push(bytes);
    this.updateFlow();
  }

  /** Reads on, and pauses or resumes the socket; called when the owner's receive mode may have changed. */
  updateFlow(): void {
    if (this.#frames.waiting > 0) this.#read();
    const mode = this.#owner.receiveMode();
    // Reading ahead a little is cheaper than pausing the socket each time, and notices when the client closes.
    const waits = mode === 'wait' || (this.deferred && mode === 'read');
    const pause = mode === 'stop' || (waits && this.#frames.waiting > READ_AHEAD);
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#connection.pause();
    else this.#connection.resume();
  }

  /** Discards what is waiting. */
  clear(): void {
    this.#frames.clear();
  }

  takeTurn(): void {
    this.deferred = false;
    this.#owner.updateFlow();
  }

  #read(): void {
    // A handler may call this again while it is called from here.
    if (this.#reading || this.deferred) return;
    if (!this.#turns.mayBegin() && this.#owner.receiveMode() === 'read') {
      this.#defer();
      return;
    }
    this.#reading = true;
    const frames = this.#frames;
    try {
      while (this.#owner.receiveMode() === 'read' && frames.next()) {
        this.#owner.receive(frames.bytes, frames.start, frames.end);
        if (!this.#turns.mayGoOn(frames.end - frames.start) && frames.waiting > 0) {
          this.#defer();
          break;
        }
      }
    } catch (error) {
      this.#owner.fail(error);
    }
    this.#reading = false;
  }

  #defer(): void {
    this.deferred = true;
    this.#turns.wait(this);
  }
}
