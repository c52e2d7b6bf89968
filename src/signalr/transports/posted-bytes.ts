import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpResponse, textResponse, writeResponse } from './http-response';
import { type BudgetRefusal, MemoryAccount, type MemoryBudget } from './memory-account';

/** How many requests of one connection may wait; further ones are answered with 409. */
const LONGEST_QUEUE = 10;

/**
 * A body is held back until it is complete or has this many bytes, so that a short one that breaks off leaves no
 * partial message.
 */
const HELD_BYTES = 64 * 1024;

/** How many seconds a client that was refused should wait. */
const RETRY_AFTER = '5';

const SHARE_TAKEN = 'You have your share of the connections or of the memory of this server';
const ALL_TAKEN = 'The server has no room for more, or is stopping';

/** How much is taken before there is a transport; POSTs beyond it wait, as for a connection that does not read. */
const EARLY_BYTES = 64 * 1024;

/** Receives what is posted. */
export interface PostedBytesListener {
  /** Takes some bytes; may call `pause`. */
  onData(bytes: Buffer): void;
  /** A body broke off after some of it had been delivered. */
  onError(error: Error): void;
}

/** One POST of an authenticated client. */
export interface Post {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Called before each delivery of some of its bytes. */
  readonly onDeliver?: (() => void) | undefined;
}

/** Some bytes that were posted before there was a transport. */
export interface EarlyBytes {
  readonly bytes: Buffer;
  /** Called before they are delivered. */
  readonly onDeliver: (() => void) | undefined;
}

/** What bounds the memory of posts. */
export interface PostLimits {
  readonly memory: MemoryBudget | undefined;
  readonly holder: string;
  /** A POST was refused because there is no more memory. */
  readonly onRefused: (refusal: BudgetRefusal) => void;
}

/** The response to whoever cannot be served now: 429 when it has its share of what all share, 503 when all is taken. */
export function refusedResponse(refusal: BudgetRefusal): HttpResponse {
  const [status, reason] = refusal === 'share' ? [429, SHARE_TAKEN] : [503, ALL_TAKEN];
  return textResponse(status, `${reason}; try again in ${RETRY_AFTER} s`, { 'Retry-After': RETRY_AFTER });
}

/**
 * What the client of an HTTP transport sends: the bodies of its POSTs, one after another, as one stream of bytes. A
 * POST is answered when all its bytes were taken, which slows the client down. TransportProtocols: HTTP Post.
 */
export class PostedBytes {
  readonly #queue: Post[] = [];
  readonly #limits: PostLimits;
  readonly #account: MemoryAccount;
  /** How much Node.js may have read of the POSTs by itself. */
  #readAhead = 0;
  #receivedBytes = 0;
  #listener: PostedBytesListener | undefined;
  /** What was posted before there was a transport, and who sent it. */
  #early: EarlyBytes[] = [];
  #earlyBytes = 0;
  #current: PostedBody | undefined;
  #paused = false;
  #closed = false;

  constructor(limits: PostLimits) {
    this.#limits = limits;
    this.#account = new MemoryAccount(limits.memory, limits.holder);
  }

  /** How many bytes were received so far. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Whether a POST is on its way. */
  get receiving(): boolean {
    return !this.#paused && this.#current?.complete === false;
  }

  /** Begins to deliver, including what was posted before. */
  open(listener: PostedBytesListener): void {
    // The listener is never called from within its own call.
    queueMicrotask(() => {
      this.#listener = listener;
      for (const { bytes, onDeliver } of this.takeEarly()) {
        if (this.#closed) return;
        onDeliver?.();
        listener.onData(bytes);
      }
      if (!this.#paused) this.#current?.resume();
      this.#advance();
    });
  }

  /** What was posted before there was a transport; it is not kept any longer. */
  takeEarly(): readonly EarlyBytes[] {
    const early = this.#early;
    this.#early = [];
    this.#earlyBytes = 0;
    return early;
  }

  /** Takes an authenticated request and responds to it. */
  receive(post: Post): void {
    const { response } = post;
    if (this.#closed) {
      writeResponse(response, goneResponse);
    } else if (this.#queue.length >= LONGEST_QUEUE) {
      // TransportProtocols: HTTP Post. After a 409 the connection remains open.
      writeResponse(response, textResponse(409, ''));
    } else {
      const refusal = this.#hold(this.#readAhead + readAhead(post.request));
      if (refusal === undefined) this.#take(post);
      else writeResponse(response, refusal);
    }
  }

  /** The POST that is being received comes in too slowly: it is answered with 408. */
  timeOut(): void {
    this.#current?.fail(timeoutResponse);
  }

  pause(): void {
    this.#paused = true;
    this.#current?.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#listener !== undefined) this.#current?.resume();
  }

  /** Stops delivering: waiting and further POSTs are answered with 404. */
  close(): void {
    this.#closed = true;
    this.takeEarly();
    this.#current?.abandon();
    for (const { response } of this.#queue.splice(0)) writeResponse(response, goneResponse);
    this.#account.close();
  }

  #take(post: Post): void {
    this.#queue.push(post);
    this.#readAhead += readAhead(post.request);
    post.response.once('close', () => {
      this.#forget(post);
    });
    this.#advance();
  }

  #advance(): void {
    if (this.#current !== undefined || this.#closed || this.#earlyFull) return;
    const post = this.#queue.shift();
    if (post === undefined) return;
    this.#current = new PostedBody(post, this.#receiver(post), this.#paused, {
      onChunk: (bytes, held) => {
        this.#receivedBytes += bytes;
        return this.#hold(this.#readAhead + held + this.#earlyBytes);
      },
      onDone: () => {
        this.#current = undefined;
        this.#letGo(post);
        this.#advance();
      },
    });
  }

  /** Whether nothing more is taken before there is a transport. */
  get #earlyFull(): boolean {
    return this.#listener === undefined && this.#earlyBytes >= EARLY_BYTES;
  }

  /** Hands the bytes of a POST to the listener, or keeps them for one. HttpConnectionDispatcher has a pipe for them. */
  #receiver({ onDeliver }: Post): PostedBytesListener {
    return {
      onData: (bytes) => {
        if (this.#listener !== undefined) {
          onDeliver?.();
          this.#listener.onData(bytes);
          return;
        }
        this.#early.push({ bytes, onDeliver });
        this.#earlyBytes += bytes.length;
        if (this.#earlyFull) this.#current?.pause();
      },
      onError: (error) => this.#listener?.onError(error),
    };
  }

  #forget(post: Post): void {
    const at = this.#queue.indexOf(post);
    if (at === -1) return;
    this.#queue.splice(at, 1);
    this.#letGo(post);
  }

  #letGo({ request }: Post): void {
    this.#readAhead -= readAhead(request);
    this.#account.update(this.#readAhead + this.#earlyBytes);
  }

  /** Says how many bytes are held now. Returns the response to the POST for which there is no room. */
  #hold(bytes: number): HttpResponse | undefined {
    const refusal = this.#account.update(bytes);
    if (refusal === undefined) return undefined;
    this.#limits.onRefused(refusal);
    return refusedResponse(refusal);
  }
}

const goneResponse = textResponse(404, '');
const timeoutResponse = textResponse(408, 'The body came in too slowly.');

/** How much of a body Node.js may read before anybody asks for it. */
function readAhead(request: IncomingMessage): number {
  const { readableHighWaterMark, headers } = request;
  const length = Number(headers['content-length'] ?? Infinity);
  return Math.min(readableHighWaterMark, length);
}

/** What a body reports to its queue. */
interface BodyObserver {
  /** So many bytes have come, and so many are held now. Returns the response that ends it if those are too many. */
  onChunk(bytes: number, held: number): HttpResponse | undefined;
  /** It is answered, or has broken off. */
  onDone(): void;
}

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
  readonly #observer: BodyObserver;

  constructor(post: Post, listener: PostedBytesListener, paused: boolean, observer: BodyObserver) {
    this.#post = post;
    this.#listener = listener;
    this.#paused = paused;
    this.#observer = observer;

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

  /** Whether all of it was received. */
  get complete(): boolean {
    return this.#complete;
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

  /** Ends it with an error response, without waiting for the rest. */
  fail(response: HttpResponse): void {
    if (this.#done) return;
    this.#finish();
    this.#held = [];
    // What is left of the body is not worth waiting for.
    writeResponse(this.#post.response, { ...response, headers: { ...response.headers, Connection: 'close' } });
    this.#observer.onDone();
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
    const refusal = this.#observer.onChunk(chunk.length, this.#heldSize);
    if (refusal !== undefined) this.fail(refusal);
  };

  readonly #onEnd = (): void => {
    this.#end();
  };

  readonly #onClose = (): void => {
    if (this.#complete || this.#done) return;
    this.#finish();
    if (this.#partlyDelivered) this.#listener.onError(new Error('the body of a POST broke off'));
    this.#observer.onDone();
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
    if (held.length === 0) return;
    this.#listener.onData(held.length === 1 ? held[0]! : Buffer.concat(held));
  }

  #respond(): void {
    if (this.#done) return;
    this.#finish();
    writeResponse(this.#post.response, textResponse(200, ''));
    this.#observer.onDone();
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
