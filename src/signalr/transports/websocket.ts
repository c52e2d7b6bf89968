import type { Duplex } from 'node:stream';
import { Server as WebSocketServer, WebSocket } from 'ws';
import { FrameSplitter, type FrameTarget } from './frame-splitter';
import type { FrameWriter } from './frame-writer';
import type { ReadTurns, TurnTaker } from './read-turns';
import type { TransportConnection, TransportListener } from './transport-connection';
import { Utf8Check } from './utf8-check';

const NORMAL_CLOSURE = 1000;
/** The code the library reports when no close frame came. RFC 6455, 7.1.5. */
const ABNORMAL_CLOSURE = 1006;
const INVALID_PAYLOAD = 1007;
const MESSAGE_TOO_BIG = 1009;
const INTERNAL_ERROR = 1011;

/** How many bytes may wait for a turn before the socket is paused, which costs more than to read a little ahead. */
const READ_AHEAD = 64 * 1024;

/**
 * A WebSocket that closes with 1000 whenever the client closes, as ASP.NET Core's does, with a code of RFC 6455, 7.4.1,
 * when the client breaks the rules, and lets its owner send before it closes.
 */
class HubSocket extends WebSocket {
  beforeClose: ((violation: number | undefined) => void) | undefined;
  #code = NORMAL_CLOSURE;

  // Also called by the library: without a reason after a violation, with the client's code and reason when the client
  // closes.
  override close(code?: number, reason?: string | Buffer): void {
    const violation = reason === undefined ? code : undefined;
    // The owner may close it before this goes on.
    if (violation !== undefined) this.#code = violation;
    if (this.readyState === WebSocket.OPEN) this.beforeClose?.(violation);
    super.close(this.#code);
  }
}

/** Accepts WebSockets. */
export function createWebSocketServer(): WebSocketServer<typeof HubSocket> {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    autoPong: false,
    // Long frames come in pieces, whatever their size; how long a hub message may be is checked where it is read.
    maxPayload: 0,
    // A fragment may end within a character: it is checked below.
    skipUTF8Validation: true,
    WebSocket: HubSocket,
  });
}

/** What a WebSocket shares with others: whom it takes turns with when it is read, and what frames are made of. */
export interface WebSocketParts {
  readonly turns: ReadTurns;
  readonly frames: FrameWriter;
  /** Who answers for it. */
  readonly holder: string | undefined;
}

/**
 * A WebSocket as a stream of bytes: the boundaries and types of frames do not matter. Its bytes are read in turns with
 * those of others. TransportProtocols: WebSockets.
 */
export class WebSocketConnection implements TransportConnection, TurnTaker, FrameTarget {
  readonly carriesBinary = true;
  readonly hasInherentKeepAlive = false;
  readonly holder: string | undefined;
  receivedBytes = 0;
  readonly #socket: HubSocket;
  readonly #bytes: Duplex;
  readonly #turns: ReadTurns;
  /** What the library does with the bytes of its socket. */
  readonly #read: readonly ((bytes: Buffer) => void)[];
  readonly #frames = new FrameSplitter(this);
  readonly #writer: FrameWriter;
  readonly #text = new Utf8Check();
  /** What was received and waits for a turn. */
  #waiting: Buffer | undefined;
  #paused = false;
  /** Whether too much waits to read more of the socket. */
  #full = false;
  /** The ping to answer next, and whether an answer is on its way. */
  #ping: Buffer | undefined;
  #answering = false;
  #listener: TransportListener | undefined;
  #onSent: ((error?: Error | null) => void) | undefined;

  /** `bytes` is the socket below: the library has just begun to read from it. */
  constructor(socket: HubSocket, bytes: Duplex, { turns, frames, holder }: WebSocketParts) {
    this.#socket = socket;
    this.#bytes = bytes;
    this.#turns = turns;
    this.#writer = frames;
    this.holder = holder;
    this.#read = bytes.listeners('data') as ((bytes: Buffer) => void)[];
    bytes.removeAllListeners('data');
    bytes.on('data', this.#onChunk);
    // The library would read what is left by itself.
    bytes.prependListener('close', this.#onEnd);
    bytes.prependListener('end', this.#onEnd);
    socket.on('error', () => (this.#frames.ended = true));
    socket.on('ping', this.#onPing);
  }

  open(listener: TransportListener): void {
    let failure: Error | undefined;
    let broken = false;
    this.#listener = listener;
    this.#socket.beforeClose = (violation) => {
      broken = violation !== undefined && violation !== MESSAGE_TOO_BIG;
      if (broken) listener.onEnding('broken');
      else listener.onEnding(violation === undefined ? 'left' : 'tooLarge');
    };
    const onError = (error: Error): void => {
      failure ??= error;
      if (broken) listener.onBroken(error);
      broken = false;
    };
    this.#socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (failure !== undefined) return;
      if (isBinary || this.#text.takes(data)) {
        listener.onData(data);
        return;
      }
      this.#frames.ended = true;
      this.#socket.close(INVALID_PAYLOAD);
      onError(new Error('a text message is not valid UTF-8'));
    });
    this.#socket.on('error', onError);
    this.#socket.on('close', (code) => {
      listener.onClosed(failure ?? (code === ABNORMAL_CLOSURE ? new Error('the connection was lost') : undefined));
    });
    this.#onSent = (error) => {
      // The socket's own events report failures.
      if (error === undefined || error === null) listener.onSent();
    };
  }

  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get heldBytes(): number {
    return this.#frames.held + (this.#waiting?.length ?? 0);
  }

  get receiving(): boolean {
    return this.#frames.unfinished && this.#waiting === undefined && !this.#paused;
  }

  // The library writes each frame at once as well, so that these come in order with its own.
  send(messages: string | Uint8Array): void {
    const frame = this.#socket.readyState === WebSocket.OPEN ? this.#writer.frameOf(messages) : undefined;
    if (frame === undefined) this.#socket.send(messages, this.#onSent);
    else this.#bytes.write(frame, this.#onSent);
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#full) this.#socket.resume();
  }

  giveUpReceiving(): void {
    // The end of the connection, which follows, is all that a WebSocket can tell.
  }

  close(): void {
    this.#socket.beforeClose = undefined;
    this.#socket.close();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  fail(): void {
    this.#socket.beforeClose = undefined;
    this.#socket.close(INTERNAL_ERROR);
  }

  tick(): void {
    // Nothing to do: pings and unsent bytes show whether the client is there.
  }

  take(bytes: Buffer): void {
    for (const read of this.#read) read.call(this.#bytes, bytes);
  }

  mayGoOn(): boolean {
    return this.#turns.mayGoOn(Infinity);
  }

  takeTurn(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    // It may have been read at the end of the socket.
    if (waiting === undefined) return;
    if (!this.#push(waiting) || !this.#full) return;
    this.#full = false;
    if (!this.#paused) this.#socket.resume();
  }

  readonly #onChunk = (chunk: Buffer): void => {
    this.receivedBytes += chunk.length;
    if (this.#waiting !== undefined) this.#keep(Buffer.concat([this.#waiting, chunk]));
    else if (this.#turns.mayBegin()) this.#push(chunk);
    else this.#wait(chunk);
    if (this.heldBytes > 0) this.#listener?.onHeld();
  };

  /** The socket ends: what was received is read at once, as nothing follows. */
  readonly #onEnd = (): void => {
    const rest = this.#bytes.read() as Buffer | null;
    if (rest !== null) this.#onChunk(rest);
    while (this.#waiting !== undefined) this.takeTurn();
  };

  /** Of many pings the last one is answered. RFC 6455, 5.5.3. */
  readonly #onPing = (ping?: Buffer): void => {
    this.#ping = ping;
    if (this.#answering || ping === undefined || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#answering = true;
    this.#ping = undefined;
    this.#socket.pong(ping, false, () => {
      this.#answering = false;
      this.#onPing(this.#ping);
    });
  };

  /** Reads what may be read in this turn. Returns whether that was all. */
  #push(chunk: Buffer): boolean {
    const taken = this.#frames.push(chunk);
    const all = taken === chunk.length;
    // Bytes take time even when they complete no message.
    if (all) this.#turns.mayGoOn(chunk.length);
    else this.#wait(chunk.subarray(taken));
    return all;
  }

  /** Reads on in another turn. */
  #wait(bytes: Buffer): void {
    this.#keep(bytes);
    this.#turns.wait(this);
  }

  #keep(bytes: Buffer): void {
    this.#waiting = bytes;
    if (this.#full || bytes.length < READ_AHEAD) return;
    this.#full = true;
    this.#socket.pause();
  }
}
