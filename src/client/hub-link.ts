import { asError, HubError } from './hub-error';
import { LiveConnection } from './live-connection';
import { onWake } from './page-events';
import type { SignalRModule, StockConnection, StockProtocol } from './stock-client';

/** How the connection is doing: `waiting` is for another attempt. */
export type LinkState = 'connecting' | 'connected' | 'waiting' | 'closed';

export interface LinkOptions {
  /** The module `@microsoft/signalr`, or the global `signalR` of its script. */
  readonly signalR: SignalRModule;
  /** Address of the server, or of its hub: `/hub` is appended when it is not there. */
  readonly url: string;
  /** A token, or what gives one: it is asked at each attempt to connect. */
  readonly token?: string | (() => string | Promise<string>);
  /** In place of JSON: `new MessagePackHubProtocol()`. */
  readonly protocol?: StockProtocol;
  /** More options for `withUrl` of the stock client, such as `transport`. */
  readonly connectionOptions?: object;
  /** Level or logger for `configureLogging` of the stock client; nothing is logged when it is left out. */
  readonly logging?: unknown;
  /** Every how many milliseconds the server sends something at least; default 15,000. Twice that is silence. */
  readonly heartbeatMs?: number;
  /** About how long to wait before a second attempt, milliseconds; default 500. It doubles with each further one. */
  readonly retryDelayMs?: number;
  /** The longest such wait, milliseconds; default 30,000. */
  readonly maxRetryDelayMs?: number;
  /** Told how the connection is doing, and what the trouble is. */
  readonly onState?: (state: LinkState, error?: Error) => void;
}

const FINAL_STATUS: Readonly<Record<string, string>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
};
/** `LogLevel.None` */
const NO_LOG = 6;

/** Keeps one connection to the hub for all who use it, and makes another when it is lost. */
export class HubLink {
  #opening: Promise<LiveConnection> | undefined;
  #live: LiveConnection | undefined;
  /** Attempts and connections that came to nothing since the server last answered something. */
  #failures = 0;
  #wasConnected = false;
  #isClosed = false;
  #token: string | undefined;
  #refusedToken: string | undefined;
  /** What ends the waits. */
  readonly #pauses = new Set<() => void>();
  readonly #options: LinkOptions;
  readonly #silenceMs: number;
  #unwatch = (): void => undefined;
  #abortAttempt = (_error: Error): void => undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#silenceMs = 2 * (options.heartbeatMs ?? 15_000);
  }

  /** The connection, once it is up. Rejects with a `HubError` when there will be none. */
  open(): Promise<LiveConnection> {
    this.#opening ??= this.#connect().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** Waits before another attempt, longer with each failure and never as long as others do. */
  pause(failures: number): Promise<void> {
    const { retryDelayMs = 500, maxRetryDelayMs = 30_000 } = this.#options;
    const delay = Math.min(maxRetryDelayMs, retryDelayMs * 2 ** (failures - 1)) * (0.7 + 0.6 * Math.random());
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#pauses.delete(end);
        resolve();
      };
      const timer = setTimeout(end, this.#isClosed ? 0 : delay);
      this.#pauses.add(end);
    });
  }

  /** Gives a connection up that is of no more use; the next one has a new token. */
  drop(live: LiveConnection, error: Error): void {
    live.lose(error);
    if (this.#live !== live || this.#isClosed) return;
    this.#live = this.#opening = undefined;
    this.#failures++;
    this.#tell('waiting', error);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unwatch();
    this.#endPauses();
    this.#abortAttempt(closedError());
    this.#live?.lose(closedError());
    this.#live = this.#opening = undefined;
    this.#tell('closed');
  }

  async #connect(): Promise<LiveConnection> {
    for (;;) {
      if (this.#failures > 0) await this.pause(this.#failures);
      if (this.#isClosed) throw closedError();
      this.#tell('connecting');
      try {
        return await this.#attempt();
      } catch (thrown) {
        this.#failures++;
        const error = asError(thrown);
        const final = this.#finalError(error);
        this.#tell('waiting', final ?? error);
        if (final) throw final;
      }
    }
  }

  async #attempt(): Promise<LiveConnection> {
    this.#unwatch();
    this.#unwatch = onWake(() => {
      this.#wake();
    });
    const connection = this.#build(() => {
      live.heardAt = Date.now();
    });
    const live = new LiveConnection(connection, () => {
      this.#failures = 0;
    });
    connection.onclose((error) => {
      this.drop(live, error ?? new Error('the server closed the connection'));
    });
    try {
      await this.#start(connection);
      if (live.isLost) throw new Error('lost at once');
    } catch (error) {
      live.lose(asError(error));
      throw error;
    }
    live.heardAt = Date.now();
    this.#live = live;
    this.#wasConnected = true;
    this.#refusedToken = undefined;
    this.#tell('connected');
    return live;
  }

  /** Resolves once the connection is up; rejects when it cannot be, takes too long, or is not wanted any more. */
  #start(connection: StockConnection): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#abortAttempt = reject;
      const timer = setTimeout(() => {
        reject(new Error('the server does not answer'));
      }, this.#silenceMs);
      connection
        .start()
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
        });
    });
  }

  #build(onHeard: () => void): StockConnection {
    const { signalR, url, token, connectionOptions, logging = NO_LOG } = this.#options;
    const protocol = this.#options.protocol ?? new signalR.JsonHubProtocol();
    const accessTokenFactory = async (): Promise<string> => {
      this.#token = (typeof token === 'function' ? await token() : token) ?? '';
      return this.#token;
    };
    // The stock client tells nobody of pings; what it reads goes through its protocol.
    const heard: StockProtocol = {
      name: protocol.name,
      version: protocol.version,
      transferFormat: protocol.transferFormat,
      parseMessages(input, logger) {
        onHeard();
        return protocol.parseMessages(input, logger);
      },
      writeMessage: (message) => protocol.writeMessage(message),
    };
    const connection = new signalR.HubConnectionBuilder()
      .withUrl(url.replace(/(\/hub)?\/?$/, '/hub'), {
        accessTokenFactory,
        timeout: this.#silenceMs,
        ...connectionOptions,
      } as never)
      .withHubProtocol(heard as never)
      .configureLogging(logging as never)
      .build();
    connection.serverTimeoutInMilliseconds = this.#silenceMs;
    return connection;
  }

  /** Why there is no sense in another attempt, if there is none. */
  #finalError(error: Error): HubError | undefined {
    if (error instanceof HubError) return error;
    const [, status = ''] = /status code '?(\d+)/i.exec(error.message) ?? [];
    const isKnown = typeof this.#options.token !== 'function' || this.#token === this.#refusedToken;
    if (status === '401') this.#refusedToken = this.#token;
    // A path that was there before will be there again; another token may be taken.
    if ((status === '401' && !isKnown) || (status === '404' && this.#wasConnected)) return undefined;
    const code = FINAL_STATUS[status];
    return code ? new HubError(`${code}: ${error.message}`) : undefined;
  }

  /** A page that was frozen may have a dead connection and no error: what was silent for too long is made anew. */
  #wake(): void {
    const live = this.#live;
    if (live && Date.now() - live.heardAt > this.#silenceMs) this.drop(live, new Error('the server was silent'));
    this.#endPauses();
  }

  #endPauses(): void {
    for (const end of [...this.#pauses]) end();
  }

  #tell(state: LinkState, error?: Error): void {
    this.#options.onState?.(state, error);
  }
}

function closedError(): HubError {
  return new HubError('closed: what was under way may be stored or not');
}
