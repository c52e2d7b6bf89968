import type { IncomingMessage, ServerResponse } from 'node:http';
import { WriterHubError } from '../errors';
import type { OnStrike } from '../limits/limit-watch';
import { WatchedRequests } from './watched-requests';

const INTERVAL = 5000;

export interface SlowRequestsOptions {
  /** Bytes a second that a body has to bring; 0: any number. */
  readonly limits: { readonly minDataRate: number };
  /** How often the bodies under way are looked at, in milliseconds; none is slow before the second look. */
  readonly interval?: number;
  readonly onStrike: OnStrike;
  /** The address of the client that a request comes from. */
  readonly clientOf: (request: IncomingMessage) => string | undefined;
  /** Answers a request with an error. */
  readonly fail: (response: ServerResponse, error: WriterHubError) => void;
}

/**
 * Ends requests whose bodies come in too slowly. What counts is what came since the last look, not how long it takes
 * altogether: a slow line may take as long as it needs.
 */
export class SlowRequests {
  readonly #watched = new WatchedRequests();
  #timer: NodeJS.Timeout | undefined;
  readonly #options: SlowRequestsOptions;
  readonly #interval: number;

  constructor(options: SlowRequestsOptions) {
    this.#options = options;
    this.#interval = options.interval ?? INTERVAL;
  }

  /** Watches a request until it has been answered; nothing of it is kept then. */
  watch(request: IncomingMessage, response: ServerResponse): void {
    if (request.complete || this.#options.limits.minDataRate === 0 || !hasBody(request)) return;
    const watched = this.#watched.add(request, response);
    response.once('close', () => {
      this.#watched.remove(watched);
    });
    this.#timer ??= setInterval(this.#look, this.#interval).unref();
  }

  readonly #look = (): void => {
    const least = (this.#options.limits.minDataRate * this.#interval) / 1000;
    for (const watched of this.#watched.all()) {
      const { request, response } = watched;
      if (request.complete || request.destroyed) {
        this.#watched.remove(watched);
        continue;
      }
      const before = watched.bytes;
      // A body that nobody reads yet is not the sender's fault.
      watched.bytes = request.readableFlowing === true ? request.socket.bytesRead : undefined;
      if (before === undefined || watched.bytes === undefined || watched.bytes - before >= least) continue;
      this.#watched.remove(watched);
      this.#end(request, response);
    }
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  };

  #end(request: IncomingMessage, response: ServerResponse): void {
    const { limits, onStrike, clientOf, fail } = this.#options;
    onStrike('data_rate', clientOf(request) ?? 'unknown');
    response.once('finish', () => {
      request.destroy();
    });
    if (response.headersSent) {
      request.destroy();
      return;
    }
    response.setHeader('Connection', 'close');
    fail(
      response,
      new WriterHubError('request_timeout', `the body brings less than ${limits.minDataRate} bytes a second`),
    );
  }
}

/** RFC 9112, section 6.3: whether the request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
