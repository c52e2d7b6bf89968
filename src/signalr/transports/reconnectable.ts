import type { TransportConnection, TransportListener } from './transport-connection';
import type { WebSocketConnection } from './websocket';

/** What a connection that waits for a socket needs to know of its server. */
export interface ReconnectTiming {
  /** Milliseconds of the heartbeat. */
  readonly now: number;
  readonly options: { readonly disconnectTimeout: number };
}

/** What a connection whose socket may be replaced reports, besides what every connection does. */
export interface ReconnectListener extends TransportListener {
  /** The socket was lost: nothing can be received or sent until there is another. */
  onInterrupted(): void;
  /** There is another socket. What was in transit on the one before, in either direction, may be lost. */
  onReconnected(): void;
}

/**
 * A WebSocket that can be replaced by another one of the same client when it is lost, once its owner has allowed that.
 * If no replacement comes in time, it closes like any other. HubProtocol: Stateful Reconnect.
 */
export class ReconnectableConnection implements TransportConnection {
  readonly carriesBinary = true;
  readonly hasInherentKeepAlive = false;
  readonly #timing: ReconnectTiming;
  readonly #onEnd: () => void;
  #socket: WebSocketConnection | undefined;
  #listener: TransportListener | undefined;
  /** The listener, while the socket may be replaced. */
  #reconnectListener: ReconnectListener | undefined;
  #paused = false;
  #lossError: Error | undefined;
  #lostAt = 0;
  #closed = false;

  /** `onEnd` is called before the listener learns that the connection is gone. */
  constructor(timing: ReconnectTiming, socket: WebSocketConnection, onEnd: () => void) {
    this.#timing = timing;
    this.#socket = socket;
    this.#onEnd = onEnd;
  }

  /** Whether a new socket is accepted now. */
  get mayReconnect(): boolean {
    return this.#reconnectListener !== undefined;
  }

  /** Whether there is no socket at the moment. */
  get interrupted(): boolean {
    return this.#socket === undefined;
  }

  open(listener: TransportListener): void {
    this.#listener = listener;
    if (this.#socket !== undefined) this.#listen(this.#socket);
  }

  /** From now on a lost socket may be replaced. */
  allowReconnect(listener: ReconnectListener): void {
    this.#reconnectListener = listener;
  }

  /** From now on the loss of the socket ends the connection; if there is no socket, it ends at once. */
  forbidReconnect(): void {
    this.#reconnectListener = undefined;
    if (this.#socket === undefined) this.#endSoon();
  }

  /** Goes on with a new socket, whether or not the loss of the old one was noticed. */
  reconnect(socket: WebSocketConnection): void {
    const old = this.#socket;
    this.#socket = socket;
    // Its events are ignored from now on.
    old?.terminate();
    this.#lossError = undefined;
    this.#listen(socket);
    if (this.#paused) socket.pause();
    this.#reconnectListener?.onReconnected();
  }

  get unsentBytes(): number {
    return this.#socket?.unsentBytes ?? 0;
  }

  /** Those of a socket that was lost do not count. */
  get receivedBytes(): number {
    return this.#socket?.receivedBytes ?? 0;
  }

  get heldBytes(): number {
    return this.#socket?.heldBytes ?? 0;
  }

  get receiving(): boolean {
    return this.#socket?.receiving === true;
  }

  send(messages: string | Uint8Array): void {
    this.#socket?.send(messages);
  }

  pause(): void {
    this.#paused = true;
    this.#socket?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket?.resume();
  }

  giveUpReceiving(): void {
    this.#socket?.giveUpReceiving();
  }

  close(): void {
    this.forbidReconnect();
    this.#socket?.close();
  }

  terminate(): void {
    this.forbidReconnect();
    this.#socket?.terminate();
  }

  fail(): void {
    this.forbidReconnect();
    this.#socket?.fail();
  }

  tick(now: number): void {
    if (this.#socket !== undefined || now - this.#lostAt < this.#timing.options.disconnectTimeout) return;
    this.terminate();
  }

  #listen(socket: WebSocketConnection): void {
    const whileCurrent = (tell: (listener: TransportListener) => void): void => {
      if (this.#socket === socket && this.#listener !== undefined) tell(this.#listener);
    };
    socket.open({
      onData: (bytes) => {
        whileCurrent((listener) => {
          listener.onData(bytes);
        });
      },
      onHeld: () => {
        whileCurrent((listener) => {
          listener.onHeld();
        });
      },
      onSent: () => {
        whileCurrent((listener) => {
          listener.onSent();
        });
      },
      onEnding: (how) => {
        whileCurrent((listener) => {
          // A client that closes, or breaks the rules of the socket, does not come back.
          this.#reconnectListener = undefined;
          listener.onEnding(how);
        });
      },
      onBroken: (error) => {
        whileCurrent((listener) => {
          listener.onBroken(error);
        });
      },
      onClosed: (error) => {
        whileCurrent(() => {
          this.#onSocketClosed(error);
        });
      },
    });
  }

  #onSocketClosed(error: Error | undefined): void {
    this.#lossError = error;
    if (error === undefined || this.#reconnectListener === undefined) {
      this.#end();
      return;
    }
    this.#socket = undefined;
    this.#lostAt = this.#timing.now;
    this.#reconnectListener.onInterrupted();
  }

  /** Ends the connection asynchronously: the listener is never called from within its own call. */
  #endSoon(): void {
    queueMicrotask(() => {
      this.#end();
    });
  }

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reconnectListener = undefined;
    this.#onEnd();
    this.#listener?.onClosed(this.#lossError);
  }
}
