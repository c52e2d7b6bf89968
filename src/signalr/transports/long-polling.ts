import type { ServerResponse } from 'node:http';
import { emptyResponse, NO_CACHE_HEADERS, textResponse, writeResponse } from './http-response';
import { TimeoutError } from '../exceptions';
import { SendTimeoutError } from './send-timeout-error';
import type { TransportConnection, TransportListener } from './transport-connection';
import type { PostedBytes } from './posted-bytes';

/** What polls need to know of their server. */
export interface PollTiming {
  /** Milliseconds of the heartbeat. */
  readonly now: number;
  readonly options: {
    readonly pollTimeout: number;
    readonly disconnectTimeout: number;
    readonly sendTimeout: number;
  };
}

/** The headers of a response with data. */
const dataHeaders = { ...NO_CACHE_HEADERS, 'Content-Type': 'application/octet-stream' };

/**
 * A series of requests, each of which waits until there is something to send, and what the client posts. The client
 * leaves with a DELETE, or is considered gone when it stops polling. TransportProtocols: Long Polling.
 */
export class LongPollingConnection implements TransportConnection {
  readonly carriesBinary = true;
  readonly hasInherentKeepAlive = true;
  readonly #timing: PollTiming;
  readonly #posts: PostedBytes;
  readonly #onEnd: () => void;
  #listener: TransportListener | undefined;
  /** The poll that is waiting for a response. */
  #poll: ServerResponse | undefined;
  /** The response that is being sent. */
  #response: ServerResponse | undefined;
  #responseBytes = 0;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  /** When the current phase began: a poll is waiting, a response is being sent, or neither. */
  #since: number;
  #closing = false;
  #closed = false;

  /** `onEnd` is called before the listener learns that the connection is gone. */
  constructor(timing: PollTiming, posts: PostedBytes, onEnd: () => void) {
    this.#timing = timing;
    this.#posts = posts;
    this.#onEnd = onEnd;
    this.#since = timing.now;
  }

  open(listener: TransportListener): void {
    this.#listener = listener;
    this.#posts.open({
      onData: (bytes) => {
        listener.onData(bytes);
      },
      onError: (error) => {
        this.#fail(error);
      },
    });
  }

  /** Responds to the request that begins the connection: at once, without data. */
  begin(response: ServerResponse): void {
    writeResponse(response, { status: 200, headers: dataHeaders, body: '' });
  }

  /** Takes a further poll. It replaces one that is still waiting. */
  poll(response: ServerResponse): void {
    if (this.#closed) {
      writeResponse(response, textResponse(404, 'No Connection with that ID', NO_CACHE_HEADERS));
      return;
    }
    this.#endPoll(204);
    this.#poll = response;
    this.#restartTimer();
    response.once('close', () => {
      if (this.#poll !== response) return;
      this.#poll = undefined;
      this.#restartTimer();
    });
    this.#respond();
  }

  /** The client leaves in good order. */
  delete(): void {
    if (this.#closed) return;
    this.#endPoll(204);
    this.#listener?.onEnding('left');
    this.#end(undefined);
  }

  get unsentBytes(): number {
    return this.#queuedBytes + this.#responseBytes;
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
    if (this.#closing || this.#closed) return;
    const bytes = typeof messages === 'string' ? Buffer.from(messages) : messages;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#respond();
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

  /** Delivers what is waiting; the poll after that is answered with 204. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#respond();
  }

  terminate(): void {
    this.#endPoll(500);
    this.#drop(undefined);
  }

  fail(): void {
    this.terminate();
  }

  tick(now: number): void {
    const { pollTimeout, disconnectTimeout, sendTimeout } = this.#timing.options;
    const waited = now - this.#since;
    if (this.#response !== undefined) {
      if (waited >= sendTimeout) this.#drop(new SendTimeoutError('does not take the response to its poll'));
    } else if (this.#poll !== undefined) {
      if (waited >= pollTimeout) this.#endPoll(200);
    } else if (waited >= disconnectTimeout) {
      this.#fail(new TimeoutError('the client has stopped polling: disconnectTimeout has passed'));
    }
  }

  /** Responds to the waiting poll, if there is one and there is something to send. */
  #respond(): void {
    const poll = this.#poll;
    if (poll === undefined || this.#response !== undefined) return;
    if (this.#queuedBytes > 0) this.#respondWithData(poll);
    else if (this.#closing) this.#respondLast(poll);
  }

  #respondWithData(response: ServerResponse): void {
    const body = this.#queue.length === 1 ? this.#queue[0]! : Buffer.concat(this.#queue, this.#queuedBytes);
    this.#poll = undefined;
    this.#response = response;
    this.#responseBytes = body.length;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#restartTimer();
    response.on('error', () => undefined);
    response.once('finish', () => {
      this.#response = undefined;
      this.#responseBytes = 0;
      this.#restartTimer();
      if (this.#closed) return;
      this.#listener?.onSent();
      this.#respond();
    });
    response.once('close', () => {
      if (this.#response === response) this.#end(new Error('the client has not taken the response to its poll'));
    });
    response.writeHead(200, { ...dataHeaders, 'Content-Length': body.length });
    response.end(body);
  }

  #respondLast(response: ServerResponse): void {
    response.once('close', () => {
      this.#end(undefined);
    });
    this.#endPoll(204);
  }

  #endPoll(status: 200 | 204 | 500): void {
    const poll = this.#poll;
    if (poll === undefined) return;
    this.#poll = undefined;
    this.#restartTimer();
    writeResponse(poll, emptyResponse(status, { ...NO_CACHE_HEADERS, 'Content-Type': 'text/plain' }));
  }

  #restartTimer(): void {
    this.#since = this.#timing.now;
  }

  /** Ends the connection asynchronously: the listener is never called from within its own call. */
  #fail(error: Error | undefined): void {
    queueMicrotask(() => {
      this.#end(error);
    });
  }

  #drop(error: Error | undefined): void {
    this.#response?.destroy();
    this.#fail(error);
  }

  #end(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#endPoll(204);
    this.#queue = [];
    this.#onEnd();
    this.#posts.close();
    this.#listener?.onClosed(error);
  }
}
