import { ApiError } from '../../api/api-error';
import { Backoff } from '../../api/backoff';
import { LineReader } from './line-reader';

/** Whether the rows that are shown are live. */
export type TailState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** It comes back by itself, and with it what was missed. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The server does not give them, in its words; nothing follows. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface TailHandlers {
  /** JSON text of a row: `{"offset": …, "row": {…}}`, with all digits. */
  row(text: string): void;
  /** The newest rows follow; those that were given before are among them, or have been overtaken by others. */
  started(): void;
  state(state: TailState): void;
}

/** Asks for the newest rows and those that come, in lines. Rejects with an `ApiError`, or when it is aborted. */
export type OpenTail = (signal: AbortSignal) => Promise<Response>;

/** Milliseconds. The server writes a line every 15 seconds at least: without any, the connection is gone. */
const LONGEST_SILENCE = 45_000;

const END = /^\{"end":\{"code":"(\w+)"/;

/** Errors after which the same may work again. */
const MAY_PASS = new Set([
  'unreachable',
  'position_gone',
  'shutting_down',
  'store_busy',
  'over_share',
  'rate_limited',
  'store_unavailable',
  'internal',
  // It was removed: another one of its name may be made.
  'unknown_topic',
  'unknown_data_source',
]);

/**
 * Follows the newest rows over HTTP in lines: their digits come as they are, which those of the hub do not. It comes
 * back after every cut, with the rows that are the newest then, however many were missed.
 */
export class RowTail {
  readonly #open: OpenTail;
  readonly #handlers: TailHandlers;
  readonly #backoff: Backoff;
  #ending: AbortController | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(open: OpenTail, handlers: TailHandlers) {
    this.#open = open;
    this.#handlers = handlers;
    this.#backoff = new Backoff(() => {
      this.start();
    });
  }

  /** Begins, also again after `stop`. */
  start(): void {
    if (this.#ending !== undefined) return;
    const ending = new AbortController();
    this.#ending = ending;
    this.#handlers.state({ kind: 'connecting' });
    this.#follow(ending.signal).then(
      () => {
        this.#lose(ending, 'the connection was cut');
      },
      (error: unknown) => {
        this.#fail(ending, error);
      },
    );
  }

  stop(): void {
    this.#backoff.stop();
    this.#end();
  }

  /** Tries at once, without the rest of the wait. */
  retryNow(): void {
    this.#backoff.skip();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { body } = await this.#open(signal);
    this.#backoff.reset();
    this.#handlers.started();
    this.#handlers.state({ kind: 'live' });
    const lines = new LineReader((line) => {
      this.#take(line);
    });
    const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      this.#watch();
      const { done, value } = await reader.read();
      if (done) return;
      lines.push(value);
    }
  }

  #take(line: string): void {
    if (line === '') return;
    const code = END.exec(line)?.[1];
    if (code === undefined) {
      this.#handlers.row(line);
      return;
    }
    const { end } = JSON.parse(line) as { end: { message: string } };
    throw new ApiError(end.message, { status: 0, code });
  }

  #fail(ending: AbortController, error: unknown): void {
    if (this.#ending !== ending) return;
    const { code, status, message } =
      error instanceof ApiError ? error : new ApiError(String(error), { status: 0, code: 'unreachable' });
    if (status >= 500 || status === 429 || MAY_PASS.has(code)) {
      this.#lose(ending, message);
      return;
    }
    this.#end();
    this.#handlers.state({ kind: 'refused', reason: message });
  }

  #lose(ending: AbortController, reason: string): void {
    if (this.#ending !== ending) return;
    this.#end();
    this.#handlers.state({ kind: 'lost', reason });
    this.#backoff.again();
  }

  #end(): void {
    clearTimeout(this.#silence);
    this.#ending?.abort();
    this.#ending = undefined;
  }

  #watch(): void {
    clearTimeout(this.#silence);
    const ending = this.#ending;
    this.#silence = setTimeout(() => {
      if (ending !== undefined) this.#lose(ending, `nothing came for ${LONGEST_SILENCE / 1000} seconds`);
    }, LONGEST_SILENCE);
  }
}
