// Types for a client of a hub: `import type` alone, nothing to load, nothing of Node.js and nothing of the client's
// package, whose HubConnection fits by its shape.
import type { AnyFunction, HubContract } from './hub/contract';
import type { RawJson } from './protocol/raw-json';

export type { HubContract } from './hub/contract';

/** The encoding that the client speaks: JSON has neither dates nor bytes. */
export type ClientEncoding = 'json' | 'messagepack';

/** A hub (`typeof hub`) or a contract written by hand (`HubContract<Server, Client>`). */
export type AnyHubContract = HubContract<unknown> | { readonly types?: HubContract<unknown> };

/** What a function without a result returns. */
type Nothing = ReturnType<() => void>;

/** Whoever subscribes to a stream. */
export interface StreamSubscriber<T> {
  closed?: boolean;
  next(value: T): void;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the stock client declares it
  error(error: any): void;
  complete(): void;
}

/** A stream of the stock client: what `stream` returns, and what a `Subject` is that is uploaded. */
export interface ClientStream<T> {
  subscribe(subscriber: StreamSubscriber<T>): { dispose(): void };
}

/** What a client receives where the server has sent a `T`. */
export type Received<T, E extends ClientEncoding = 'json'> = unknown extends T
  ? T
  : T extends string | number | boolean | null
    ? T
    : T extends undefined
      ? null
      : T extends Nothing
        ? T
        : T extends bigint
          ? number
          : T extends RawJson
            ? unknown
            : T extends Date
              ? E extends 'json'
                ? string
                : Date
              : T extends Uint8Array
                ? E extends 'json'
                  ? string
                  : Uint8Array
                : T extends { toJSON(...args: never[]): infer J }
                  ? Received<J, E>
                  : T extends ReadonlyMap<string | number | bigint | boolean, infer V>
                    ? Record<string, Received<V, E>>
                    : T extends ReadonlySet<infer V>
                      ? Received<V, E>[]
                      : T extends readonly unknown[]
                        ? { [I in keyof T]: Received<T[I], E> }
                        : { [N in keyof T as T[N] extends AnyFunction ? never : N]: ReceivedField<T[N], E> };

/** A property that is undefined is left out. */
type ReceivedField<T, E extends ClientEncoding> = T extends undefined ? T : Received<T, E>;

/** What a client passes where the server gets a `T`. */
export type Passed<T, E extends ClientEncoding = 'json'> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined | Nothing
    ? T
    : T extends bigint
      ? number
      : T extends Date
        ? E extends 'json'
          ? Date | string
          : Date
        : T extends Uint8Array
          ? E extends 'json'
            ? string
            : Uint8Array
          : T extends AsyncIterable<infer I>
            ? ClientStream<Passed<I, E>>
            : { [N in keyof T]: Passed<T[N], E> };

/** The functions of a contract. A hub that declares none may be called with anything. */
type ServerOf<H> = H extends { readonly server: infer S }
  ? S
  : H extends { readonly types?: HubContract<infer S> }
    ? S
    : never;

type ClientOf<H> = H extends { readonly client: infer C }
  ? C
  : H extends { readonly types?: HubContract<unknown, infer C> }
    ? C
    : never;

type ReturnOf<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/** The parameters of a function; any for `AnyFunction`. */
type ParametersOf<F> = F extends (...args: infer A) => unknown
  ? number extends A['length']
    ? A extends never[]
      ? unknown[]
      : A
    : A
  : never;

/** The names of the methods that have results. */
export type MethodName<H> = keyof {
  [N in keyof ServerOf<H> as ReturnOf<ServerOf<H>[N]> extends AsyncIterable<unknown> ? never : N]: true;
} &
  string;

/** The names of the methods that return streams. */
export type StreamName<H> = keyof {
  [
    N in keyof ServerOf<H> as unknown extends ReturnOf<ServerOf<H>[N]>
      ? N
      : ReturnOf<ServerOf<H>[N]> extends AsyncIterable<unknown>
        ? N
        : never
  ]: true;
} &
  string;

/** What a client passes to a method of the hub. */
export type MethodArguments<H, N extends keyof ServerOf<H>, E extends ClientEncoding = 'json'> =
  Passed<ParametersOf<ServerOf<H>[N]>, E> extends infer A extends readonly unknown[] ? A : never;

/** What a method of the hub answers with. */
export type MethodResult<H, N extends keyof ServerOf<H>, E extends ClientEncoding = 'json'> = Received<
  ReturnOf<ServerOf<H>[N]>,
  E
>;

/** An item of a stream of the hub. */
export type StreamItem<H, N extends keyof ServerOf<H>, E extends ClientEncoding = 'json'> =
  ReturnOf<ServerOf<H>[N]> extends AsyncIterable<infer T> ? Received<T, E> : unknown;

/** The function with which a client answers the hub. What it returns matters only where the hub asks for it. */
export type ClientHandler<H, N extends keyof ClientOf<H>, E extends ClientEncoding = 'json'> = (
  ...args: Received<ParametersOf<ClientOf<H>[N]>, E> extends infer A extends readonly unknown[] ? A : never
) => ClientAnswer<ReturnOf<ClientOf<H>[N]>, E>;

type ClientAnswer<R, E extends ClientEncoding> = unknown extends R
  ? unknown
  : undefined extends R
    ? unknown
    : Passed<R, E> | PromiseLike<Passed<R, E>>;

/** The calls of a `HubConnection` of the stock client, of any major, with the names and types of one hub. */
export interface HubCalls<H extends AnyHubContract, E extends ClientEncoding = 'json'> {
  invoke<N extends MethodName<H>>(name: N, ...args: MethodArguments<H, N, E>): Promise<MethodResult<H, N, E>>;
  send<N extends MethodName<H>>(name: N, ...args: MethodArguments<H, N, E>): Promise<void>;
  stream<N extends StreamName<H>>(name: N, ...args: MethodArguments<H, N, E>): ClientStream<StreamItem<H, N, E>>;
  on<N extends keyof ClientOf<H> & string>(name: N, handler: ClientHandler<H, N, E>): void;
  off<N extends keyof ClientOf<H> & string>(name: N, handler?: ClientHandler<H, N, E>): void;
}

/**
 * A `HubConnection` of the stock client with the names and types of one hub:
 *
 * ```ts
 * const connection: TypedHubConnection<ChatHub> = new HubConnectionBuilder().withUrl('/chat').build();
 * ```
 */
export interface TypedHubConnection<H extends AnyHubContract, E extends ClientEncoding = 'json'> extends HubCalls<
  H,
  E
> {
  readonly state: string;
  readonly connectionId: string | null;
  serverTimeoutInMilliseconds: number;
  keepAliveIntervalInMilliseconds: number;
  start(): Promise<void>;
  stop(): Promise<void>;
  onclose(callback: (error?: Error) => void): void;
  onreconnecting(callback: (error?: Error) => void): void;
  onreconnected(callback: (connectionId?: string) => void): void;
}
