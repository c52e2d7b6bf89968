import type { Duplex } from 'node:stream';
import { Server as WebSocketServer, WebSocket } from 'ws';
import { FrameTracker } from './frame-tracker';
import type { TransportConnection, TransportListener } from './transport-connection';

const NORMAL_CLOSURE = 1000;
/** The code the library reports when no close frame came. RFC 6455, 7.1.5. */
const ABNORMAL_CLOSURE = 1006;
const MESSAGE_TOO_BIG = 1009;

/**
 * The size of a WebSocket message besides hub messages. The stock client sends all waiting hub messages in one
 * WebSocket message, which may hold up to eight of the greatest size.
 */
const ROOM_FOR_BATCHING = 64 * 1024;
const MESSAGES_TOGETHER = 8;

/**
 * A WebSocket that closes with 1000 whenever the client closes, as ASP.NET Core's does, and lets its owner send before
 * it closes.
 */
class HubSocket extends WebSocket {
  beforeClose: ((tooLarge: boolean) => void) | undefined;

  // Also called by the library: without a reason after a violation, with the client's code and reason when the client
  // closes.
  override close(code?: number, reason?: string | Buffer): void {
    const violation = reason === undefined ? code : undefined;
    const tooLarge = violation === MESSAGE_TOO_BIG;
    if (this.readyState === WebSocket.OPEN) this.beforeClose?.(tooLarge);
    super.close(violation === undefined || tooLarge ? NORMAL_CLOSURE : violation);
  }
}

/** Accepts WebSockets for hub messages of up to this many bytes. */
export function createWebSocketServer(maximumMessageSize: number): WebSocketServer<typeof HubSocket> {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGES_TOGETHER * maximumMessageSize + ROOM_FOR_BATCHING,
    // The protocol checks what it decodes; a raw argument is checked by its method.
    skipUTF8Validation: true,
    WebSocket: HubSocket,
  });
}

/**
 * A WebSocket as a stream of bytes: the boundaries and types of frames do not matter. TransportProtocols: WebSockets.
 */
export class WebSocketConnection implements TransportConnection {
  readonly carriesBinary = true;
  readonly hasInherentKeepAlive = false;
  receivedBytes = 0;
  readonly #socket: HubSocket;
  /** What the library holds until a message is finished. */
  readonly #frames = new FrameTracker();
  #listener: TransportListener | undefined;
  #onSent: ((error?: Error | null) => void) | undefined;

  /** `bytes` is the socket below: the library has just begun to read from it. */
  constructor(socket: HubSocket, bytes: Duplex) {
    this.#socket = socket;
    // What is held is known before the library delivers what the chunk completes.
    bytes.prependListener('data', this.#onChunk);
    bytes.on('data', this.#onChunkTaken);
  }

  open(listener: TransportListener): void {
    let failure: Error | undefined;
    this.#listener = listener;
    this.#socket.beforeClose = (tooLarge) => {
      listener.onEnding(tooLarge);
    };
    this.#socket.on('message', (data: Buffer) => {
      listener.onData(data);
    });
    this.#socket.on('error', (error) => {
      failure ??= error;
    });
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
    return this.#frames.held;
  }

  get receiving(): boolean {
    return this.#frames.held > 0 && !this.#socket.isPaused;
  }

  send(messages: string | Uint8Array): void {
    this.#socket.send(messages, this.#onSent);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
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

  tick(): void {
    // Nothing to do: pings and unsent bytes show whether the client is there.
  }

  readonly #onChunk = (chunk: Buffer): void => {
    this.receivedBytes += chunk.length;
    this.#frames.push(chunk);
  };

  readonly #onChunkTaken = (): void => {
    if (this.#frames.held > 0) this.#listener?.onHeld();
  };
}
