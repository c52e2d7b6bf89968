import type { IncomingMessage, ServerResponse } from 'node:http';
import { textResponse, writeResponse } from './http-response';

/** How many requests of one connection may wait; further ones are answered with 409. */
const LONGEST_QUEUE = 10;

/**
 * A body is held back until it is complete or has this many bytes, so that a short one that breaks off leaves no
 * partial message.
 */
const HELD_BYTES = 64 * 1024;

/** Receives what is posted. */
export interface PostedBytesListener {
  /** Takes some bytes; may call `pause`. */
  onData(bytes: Buffer): void;
  /** A body broke off after some of it had been delivered. */
  onError(error: Error): void;
}

interface Post {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * What the client of an HTTP transport sends: the bodies of its POSTs, one after another, as one stream of bytes. A
 * POST is answered when all its bytes were taken, which slows the client down. TransportProtocols: HTTP Post.
 */
export class PostedBytes {
  readonly #queue: Post[] = [];
  #listener: PostedBytesListener | undefined;
  #current: PostedBody | undefined;
  #paused = false;
  #closed = false;

  /** Begins to deliver, including what was posted before. */
  open(listener: PostedBytesListener): void {
    this.#listener = listener;
    // The listener is never called from within its own call.
    queueMicrotask(() => {
      this.#advance();
    });
  }

  /** Takes an authenticated request and responds to it. */
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

  /** Stops delivering: waiting and further POSTs are answered with 404. */
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

/** The body of one POST while it is being read. */
class PostedBody {
  #held: Buffer[] = [];
  #heldSize = 0;
  /** Whether some of it was delivered and more may follow. */
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
      // Some middleware has read the body already.
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

  /** The connection has ended while the body was being read. */
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
    // The listener may have ended the connection or paused it.
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
    // The rest of the body is read and ignored, so that the response can be sent and the socket reused.
    request.resume();
  }
}

/** The body as middleware such as `express.text` or `express.raw` has left it. */
function parsedBody(request: IncomingMessage): Buffer {
  const body: unknown = 'body' in request ? request.body : undefined;
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
