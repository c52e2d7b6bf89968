import { Server as WebSocketServer, WebSocket } from 'ws';
import type { TransportConnection, TransportListener } from './transport-connection';

const NORMAL_CLOSURE = 1000;
/** What the library reports when no close frame came. RFC 6455, section 7.1.5. */
const ABNORMAL_CLOSURE = 1006;
const MESSAGE_TOO_BIG = 1009;

/**
 * Room in a WebSocket message besides hub messages: the stock client joins all that it has waiting into one WebSocket message, so
 * that one may hold as much as eight hub messages of the greatest size.
 */
const ROOM_FOR_BATCHING = 64 * 1024;
const MESSAGES_TOGETHER = 8;

/** A WebSocket that says 1000 to every peer that closes, as ASP.NET Core does, and lets its owner speak before it closes. */
class HubSocket extends WebSocket {
  beforeClose: ((tooLarge: boolean) => void) | undefined;

  // Called by the library itself: without a reason for a violation, with the peer's code and reason when the peer closes.
  override close(code?: number, reason?: string | Buffer): void {
    const violation = reason === undefined ? code : undefined;
    const tooLarge = violation === MESSAGE_TOO_BIG;
    if (this.readyState === WebSocket.OPEN) this.beforeClose?.(tooLarge);
    super.close(violation === undefined || tooLarge ? NORMAL_CLOSURE : violation);
  }
}

/** Accepts WebSockets for hubs whose messages have at most so many bytes. */
export function createWebSocketServer(maximumMessageSize: number): WebSocketServer<typeof HubSocket> {
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MESSAGES_TOGETHER * maximumMessageSize + ROOM_FOR_BATCHING,
    // The protocol checks what it decodes; raw arguments are for their method to judge.
    skipUTF8Validation: true,
    WebSocket: HubSocket,
  });
}

/** A WebSocket as a stream of bytes: boundaries and types of frames are ignored. TransportProtocols: WebSockets. */
export class WebSocketConnection implements TransportConnection {
  readonly carriesBinary = true;
  readonly hasInherentKeepAlive = false;
  readonly #socket: HubSocket;
  #onSent: ((error?: Error | null) => void) | undefined;

  constructor(socket: HubSocket) {
    this.#socket = socket;
  }

  open(listener: TransportListener): void {
    let failure: Error | undefined;
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
      // Failures are told by the socket's own events.
      if (error === undefined || error === null) listener.onSent();
    };
  }

  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
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

  close(): void {
    this.#socket.beforeClose = undefined;
    this.#socket.close();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  tick(): void {
    // Nothing is ever due: whether the peer is there, pings and what it takes show.
  }
}
