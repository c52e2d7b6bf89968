import type { IncomingMessage, ServerResponse } from 'node:http';
import { textResponse, writeResponse } from './http-response';

/** So many requests of one connection may wait; more are told to come again. */
const LONGEST_QUEUE = 10;

/** A body is held back until it is complete or has so many bytes, so that one that breaks off early leaves no half message. */
const HELD_BYTES = 64 * 1024;

/** Who takes what is posted. */
export interface PostedBytesListener {
  /** Takes some bytes; may pause within. */
  onData(bytes: Buffer): void;
  /** A body broke off after some of it was taken. */
  onError(error: Error): void;
}

interface Post {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * The client's half of a connection that is made of HTTP requests: the bodies of its POSTs, one after another, as one stream of bytes.
 * A POST is answered when all its bytes were taken, so that a client is slowed down by what it waits for.
 * TransportProtocols: HTTP Post.
 */
export class PostedBytes {
  readonly #queue: Post[] = [];
  #listener: PostedBytesListener | undefined;
  #current: PostedBody | undefined;
  #paused = false;
  #closed = false;

  /** Begins to deliver; what was posted before has waited for this. */
  open(listener: PostedBytesListener): void {
    this.#listener = listener;
    // The listener is told nothing from within its own call.
    queueMicrotask(() => {
      this.#advance();
    });
  }

  /** Takes a request whose sender was let in, and answers it. */
  receive(request: IncomingMessage, response: ServerResponse): void {
    if (this.#closed) {
      writeResponse(response, goneResponse);
    } else if (this.#queue.length >= LONGEST_QUEUE) {
      // TransportProtocols: HTTP Post. After a 409 the connection remains open.
      writeResponse(response, textResponse(409, ''));
    } else {
      const post = { request, response };
      this.#queue.push(post);
      response.once('close', () => {
        this.#forget(post);
      });
      this.#advance();
    }
  }

  pause(): void {
    this.#paused = true;
    this.#current?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#current?.resume();
  }

  /** Delivers nothing any more: POSTs that wait and those that come are answered 404. */
  close(): void {
    this.#closed = true;
    this.#current?.abandon();
    for (const { response } of this.#queue.splice(0)) writeResponse(response, goneResponse);
  }

  #advance(): void {
    const listener = this.#listener;
    if (listener === undefined || this.#current !== undefined || this.#closed) return;
    const post = this.#queue.shift();
    if (post === undefined) return;
    this.#current = new PostedBody(post, listener, this.#paused, () => {
      this.#current = undefined;
      this.#advance();
    });
  }

  #forget(post: Post): void {
    const at = this.#queue.indexOf(post);
    if (at !== -1) this.#queue.splice(at, 1);
  }
}

const goneResponse = textResponse(404, '');

/** The body of one POST while it is read. */
class PostedBody {
  #held: Buffer[] = [];
  #heldSize = 0;
  /** Whether some of it was taken and more may follow. */
  #partlyDelivered = false;
  #complete = false;
  #done = false;
  readonly #post: Post;
  readonly #listener: PostedBytesListener;
  #paused: boolean;
  readonly #onDone: () => void;

  constructor(post: Post, listener: PostedBytesListener, paused: boolean, onDone: () => void) {
    this.#post = post;
    this.#listener = listener;
    this.#paused = paused;
    this.#onDone = onDone;

    const { request } = post;
    if (request.readableEnded) {
      // Some middleware was faster.
      queueMicrotask(() => {
        this.#end(parsedBody(request));
      });
      return;
    }
    request.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose).on('error', this.#onClose);
    if (paused) request.pause();
  }

  pause(): void {
    this.#paused = true;
    this.#post.request.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#complete) this.#respond();
    else this.#post.request.resume();
  }

  /** The connection is gone while this is read. */
  abandon(): void {
    this.#finish();
    writeResponse(this.#post.response, goneResponse);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#held.push(chunk);
    this.#heldSize += chunk.length;
    if (this.#partlyDelivered || this.#heldSize >= HELD_BYTES) this.#deliver();
  };

  readonly #onEnd = (): void => {
    this.#end();
  };

  readonly #onClose = (): void => {
    if (this.#complete || this.#done) return;
    this.#finish();
    if (this.#partlyDelivered) this.#listener.onError(new Error('the body of a POST broke off'));
    this.#onDone();
  };

  #end(bytes?: Buffer): void {
    if (this.#done) return;
    if (bytes !== undefined) this.#held.push(bytes);
    this.#complete = true;
    this.#deliver();
    // Taking the last bytes may have ended the connection.
    if (!this.#paused) this.#respond();
  }

  #deliver(): void {
    const held = this.#held;
    this.#held = [];
    this.#heldSize = 0;
    this.#partlyDelivered = true;
    if (held.length > 0) this.#listener.onData(held.length === 1 ? held[0]! : Buffer.concat(held));
  }

  #respond(): void {
    if (this.#done) return;
    this.#finish();
    writeResponse(this.#post.response, textResponse(200, ''));
    this.#onDone();
  }

  #finish(): void {
    this.#done = true;
    const { request } = this.#post;
    request.off('data', this.#onData).off('end', this.#onEnd);
    // What is left of the body is read away, so that the answer can be sent and the socket used again.
    request.resume();
  }
}

/** The body as middleware such as `express.text` or `express.raw` has left it. */
function parsedBody(request: IncomingMessage): Buffer {
  const body: unknown = 'body' in request ? request.body : undefined;
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
