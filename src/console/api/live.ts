import { type HubConnection, HubConnectionBuilder, HubConnectionState, LogLevel } from '@microsoft/signalr';
import { Observable } from '../state/observable';
import { Backoff } from './backoff';
import { type HubFailure, hubFailureOf } from './hub-failure';

/** Whether what the page shows live is live. */
export type LiveState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  /** `since`: milliseconds since the Unix epoch. */
  | { readonly kind: 'lost'; readonly since: number; readonly reason: string };

/** What a stream of the hub gives. None of them throws. */
export interface StreamHandlers<Item> {
  /** An item of the hub, marks such as `start` and `caught-up` among them. */
  item(item: Item): void;
  /** All that is stored has been given; called each time that the hub says so. */
  caughtUp?(): void;
  /** The connection was lost; the stream goes on where it stood once it is back. */
  lost?(): void;
  /** The connection is back; what was missed follows. */
  back?(): void;
  /** The server does not give it, or no more. Nothing follows. */
  refused(failure: HubFailure): void;
  /** The hub has nothing more to give. */
  ended?(): void;
}

/** What items of all streams of the hub have in common. */
interface Positioned {
  readonly type?: string;
  readonly offset?: string;
  readonly position?: string;
}

/** Arguments of a stream. `position`: behind which to go on, once there was one; `undefined` at first. */
export type StreamArguments = readonly unknown[] | ((position: string | undefined) => readonly unknown[]);

/**
 * The page's one connection to the hub, made with the stock client. It comes back by itself, for as long as it takes,
 * and with it what was asked for.
 */
export class Live {
  readonly state = new Observable<LiveState>({ kind: 'off' });
  readonly #connection: HubConnection;
  readonly #streams = new Set<HubStream>();
  readonly #greeters = new Set<() => void>();
  readonly #onFailure: () => void;
  readonly #backoff: Backoff;
  #isWanted = false;

  /** `onFailure` is told each time that no connection could be made, so that it can find out why. */
  constructor(hubUrl: string, tokenOf: () => string, onFailure: () => void) {
    this.#onFailure = onFailure;
    this.#backoff = new Backoff(() => {
      void this.#connect();
    });
    this.#connection = new HubConnectionBuilder()
      .withUrl(hubUrl, { accessTokenFactory: tokenOf, withCredentials: false })
      .configureLogging(LogLevel.None)
      .build();
    this.#connection.onclose((error) => {
      if (this.#isWanted) this.#lose(error?.message ?? 'the connection was closed');
    });
  }

  /** Connects, and comes back whenever the connection is lost, until `stop`. */
  start(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.state.set({ kind: 'connecting' });
    void this.#connect();
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    this.#backoff.stop();
    this.state.set({ kind: 'off' });
    await this.#connection.stop();
  }

  /** Tries at once, without the rest of the wait. */
  retryNow(): void {
    this.#backoff.skip();
  }

  /** Calls a method. Rejects with the server's words, the code in front; also when there is no connection. */
  invoke<T>(method: string, ...args: readonly unknown[]): Promise<T> {
    return this.#connection.invoke<T>(method, ...args);
  }

  /** Hears the first argument of what the server calls, until the function that it answers with is called. */
  on(method: string, handler: (value: unknown) => void): () => void {
    this.#connection.on(method, handler);
    return () => {
      this.#connection.off(method, handler);
    };
  }

  /** Runs now if there is a connection, and each time that there is one: for subscriptions, which end with theirs. */
  whenConnected(run: () => void): () => void {
    this.#greeters.add(run);
    if (this.#connection.state === HubConnectionState.Connected) run();
    return () => {
      this.#greeters.delete(run);
    };
  }

  /**
   * Opens a stream of the hub, such as `ReadEvents`; it goes on after every loss, from the last position. The function
   * that it answers with ends it.
   */
  stream<Item>(method: string, args: StreamArguments, handlers: StreamHandlers<Item>): () => void {
    const stream = new HubStream(this.#connection, { method, args, handlers });
    this.#streams.add(stream);
    if (this.#connection.state === HubConnectionState.Connected) stream.open();
    return () => {
      this.#streams.delete(stream);
      stream.close();
    };
  }

  async #connect(): Promise<void> {
    if (!this.#isWanted || this.#connection.state !== HubConnectionState.Disconnected) return;
    try {
      await this.#connection.start();
    } catch (error) {
      this.#onFailure();
      this.#lose(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#backoff.reset();
    this.state.set({ kind: 'connected' });
    for (const greet of [...this.#greeters]) greet();
    for (const stream of [...this.#streams]) stream.open();
  }

  #lose(reason: string): void {
    if (!this.#isWanted) return;
    const { value } = this.state;
    this.state.set({ kind: 'lost', since: value.kind === 'lost' ? value.since : Date.now(), reason });
    for (const stream of this.#streams) stream.lose();
    this.#backoff.again();
  }
}

interface Asked {
  readonly method: string;
  readonly args: StreamArguments;
  readonly handlers: StreamHandlers<unknown>;
}

/** One stream of the hub, over as many connections as it takes. */
class HubStream {
  readonly #connection: HubConnection;
  readonly #asked: Asked;
  #position: string | undefined;
  #dispose: (() => void) | undefined;
  #isOver = false;
  #isLost = false;

  constructor(connection: HubConnection, asked: Asked) {
    this.#connection = connection;
    this.#asked = asked;
  }

  open(): void {
    if (this.#isOver || this.#dispose !== undefined) return;
    const { method, args, handlers } = this.#asked;
    if (this.#isLost) handlers.back?.();
    this.#isLost = false;
    const given = typeof args === 'function' ? args(this.#position) : args;
    const subscription = this.#connection.stream<Positioned>(method, ...given).subscribe({
      next: (item) => {
        this.#take(item);
      },
      error: (error: Error) => {
        this.#fail(error);
      },
      complete: () => {
        this.#isOver = true;
        handlers.ended?.();
      },
    });
    this.#dispose = () => {
      subscription.dispose();
    };
  }

  /** The connection is gone. */
  lose(): void {
    this.#dispose = undefined;
    if (this.#isOver || this.#isLost) return;
    this.#isLost = true;
    this.#asked.handlers.lost?.();
  }

  close(): void {
    this.#isOver = true;
    // Without a connection there is nobody to tell.
    if (this.#connection.state === HubConnectionState.Connected) this.#dispose?.();
    this.#dispose = undefined;
  }

  #take(item: Positioned): void {
    if (this.#isOver) return;
    this.#position = item.offset ?? item.position ?? this.#position;
    this.#asked.handlers.item(item);
    if (item.type === 'caught-up') this.#asked.handlers.caughtUp?.();
  }

  #fail(error: Error): void {
    this.#dispose = undefined;
    // The client ends its streams just before it says that the connection is closed.
    queueMicrotask(() => {
      const isClosed = this.#connection.state !== HubConnectionState.Connected;
      if (this.#isOver || isClosed || /\bshutting_down\b/.test(error.message)) return;
      this.#isOver = true;
      this.#asked.handlers.refused(hubFailureOf(error));
    });
  }
}
