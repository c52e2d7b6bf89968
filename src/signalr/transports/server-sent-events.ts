import type { ServerResponse } from 'node:http';
import type { TransportConnection, TransportListener } from './transport-connection';
import type { PostedBytes } from './posted-bytes';

const HEADERS = {
  'Content-Type': 'text/event-stream',
  // Compression would hold events back; middleware and proxies heed `no-transform`.
  'Cache-Control': 'no-cache, no-store, no-transform',
  Pragma: 'no-cache',
  'Content-Encoding': 'identity',
  // nginx buffers responses unless it is told not to.
  'X-Accel-Buffering': 'no',
} as const;

const LINE_END = /\r\n|\n|\r/;

/**
 * A response that does not end, in which each piece is an event, and what the client posts. The client leaves by
 * closing the response. TransportProtocols: Server-Sent Events.
 */
export class ServerSentEventsConnection implements TransportConnection {
  readonly carriesBinary = false;
  readonly hasInherentKeepAlive = false;
  readonly #response: ServerResponse;
  readonly #posts: PostedBytes;
  readonly #onEnd: () => void;
  #listener: TransportListener | undefined;
  #failure: Error | undefined;
  #closing = false;
  #closed = false;

  /** `onEnd` is called before the listener learns that the connection is gone. */
  constructor(response: ServerResponse, posts: PostedBytes, onEnd: () => void) {
    this.#response = response;
    this.#posts = posts;
    this.#onEnd = onEnd;
  }

  open(listener: TransportListener): void {
    const response = this.#response;
    this.#listener = listener;
    response.on('error', (error) => {
      this.#failure ??= error;
    });
    response.on('close', () => {
      if (!this.#closing && this.#failure === undefined) listener.onEnding('left');
      this.#end();
    });
    response.writeHead(200, HEADERS);
    // A comment, so that proxies and clients see at once that the response has begun.
    response.write(':\r\n');
    this.#posts.open({
      onData: (bytes) => {
        listener.onData(bytes);
      },
      onError: (error) => {
        this.#failure ??= error;
        this.terminate();
      },
    });
  }

  get unsentBytes(): number {
    return this.#response.writableLength;
  }

  get receivedBytes(): number {
    return this.#posts.receivedBytes;
  }

  /** What is posted has an account of its own, which begins before the transport does. */
  get heldBytes(): number {
    return 0;
  }

  get receiving(): boolean {
    return this.#posts.receiving;
  }

  send(messages: string | Uint8Array): void {
    if (this.#closing || this.#response.destroyed) return;
    const text = typeof messages === 'string' ? messages : Buffer.from(messages).toString();
    this.#response.write(formatEvent(text), this.#onSent);
  }

  pause(): void {
    this.#posts.pause();
  }

  resume(): void {
    this.#posts.resume();
  }

  giveUpReceiving(): void {
    this.#posts.timeOut();
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#response.end();
  }

  terminate(): void {
    this.#closing = true;
    this.#response.destroy();
    // A response that is queued behind another one on the same socket may never emit `close`.
    queueMicrotask(() => {
      this.#end();
    });
  }

  fail(): void {
    this.terminate();
  }

  tick(): void {
    // Nothing to do: pings and unsent bytes show whether the client is there.
  }

  readonly #onSent = (error?: Error | null): void => {
    // The response's own events report failures.
    if (error === undefined || error === null) this.#listener?.onSent();
  };

  #end(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closing = true;
    this.#onEnd();
    this.#posts.close();
    this.#listener?.onClosed(this.#failure);
  }
}

/** An unnamed event. A line break in the data begins a new field, and may arrive as another kind of line break. */
export function formatEvent(data: string): string {
  return `data: ${LINE_END.test(data) ? data.split(LINE_END).join('\r\ndata: ') : data}\r\n\r\n`;
}
