import type { ValueKind, ValueOf } from '../protocol/value-kinds';

/** The type of client methods that are not declared: any name, any arguments. */
export type AnyClientMethods = Record<string, (...args: unknown[]) => unknown>;

/** The names of declared methods. */
export type ClientMethodName<C> = keyof C & string;

/** The parameters of a declared method. */
export type ClientArguments<F> = F extends (...args: infer A extends readonly unknown[]) => unknown ? A : never;

/** What a client answers with, as the server gets it: JSON has no dates and bytes, and no client sends a bigint. */
export type ClientResult<F> = F extends (...args: never[]) => infer R ? FromClient<Awaited<R>> : unknown;

/** What a function without a result returns. */
type Nothing = ReturnType<() => void>;

type FromClient<T> = unknown extends T
  ? T
  : T extends undefined
    ? null | undefined
    : T extends string | number | boolean | null | Nothing
      ? T
      : T extends bigint
        ? bigint | number
        : T extends Date
          ? Date | string
          : T extends Uint8Array
            ? Uint8Array | string
            : { [N in keyof T]: T[N] extends undefined ? T[N] : FromClient<T[N]> };

/** One or more clients that are called together. */
export interface ClientProxy<C = AnyClientMethods> {
  /**
   * Calls a method of each client; without any client it does nothing. The message is on its way when this returns, and
   * is encoded once for all clients.
   *
   * The promise resolves when the clients have room for more, as `SendAsync` of ASP.NET Core: whoever sends much awaits
   * it. Nobody waits longer for a slow client than `sendTimeout`, and the others do not wait for it at all. It resolves
   * to false when a client that was named is gone or still has no room; it never rejects, so it need not be awaited. A
   * client for which more is waiting than `maximumSendBufferSize` is dropped, which happens to one that is sent much by
   * someone who does not wait.
   * @throws TypeError when an argument has no encoding.
   */
  send<N extends ClientMethodName<C>>(method: N, ...args: ClientArguments<C[N]>): Promise<boolean>;
}

/** How long to wait for a client's result. */
export interface ClientInvokeOptions {
  /** Milliseconds. Default: `clientResultTimeout`. */
  readonly timeout?: number | undefined;
  /** Ends the wait when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** The kind of the result; one of another kind rejects the promise. Default: `json`, which takes any. */
  readonly returns?: ValueKind | undefined;
}

/** The type of a result that is asked for with these options. */
export type ResultOf<O extends ClientInvokeOptions> = O extends { readonly returns: infer K extends ValueKind }
  ? ValueOf<K>
  : unknown;

/** A client that can be asked for a result. */
export interface ClientInvoker<C = AnyClientMethods, R = unknown> {
  /**
   * Calls a method of the client and resolves to the result that the client sends. Rejects with a `HubException` when
   * the client completes it with an error or without a result, or with one of another kind than `returns`, is lost or
   * takes too long, with an `Error` when the client does not exist.
   * While a hub method waits for the result, the next invocation of its connection may start. HubProtocol: Client
   * results.
   */
  invoke<N extends ClientMethodName<C>>(
    method: N,
    ...args: ClientArguments<C[N]>
  ): Promise<unknown extends R ? ClientResult<C[N]> : R>;
}

/** One client. */
export interface SingleClientProxy<C = AnyClientMethods> extends ClientProxy<C>, ClientInvoker<C> {
  /** The same client with a kind of results, a time-out or a signal of its own. */
  withOptions<const O extends ClientInvokeOptions>(options: O): ClientInvoker<C, ResultOf<O>>;
}

/** The clients of a server. Names of groups and users are case-sensitive. */
export interface HubClients<C = AnyClientMethods> {
  readonly all: ClientProxy<C>;
  allExcept(connectionIds: readonly string[]): ClientProxy<C>;
  client(connectionId: string): SingleClientProxy<C>;
  clients(connectionIds: readonly string[]): ClientProxy<C>;
  group(name: string): ClientProxy<C>;
  groupExcept(name: string, connectionIds: readonly string[]): ClientProxy<C>;
  /** A client that is in several of the groups is called once. */
  groups(names: readonly string[]): ClientProxy<C>;
  /** All connections of a user, identified by the `userId` that `authenticate` returned. */
  user(userId: string): ClientProxy<C>;
  users(userIds: readonly string[]): ClientProxy<C>;
}

/** The clients of a server, as seen from one of them. */
export interface HubCallerClients<C = AnyClientMethods> extends HubClients<C> {
  readonly caller: SingleClientProxy<C>;
  /** All clients except the caller. */
  readonly others: ClientProxy<C>;
  othersInGroup(name: string): ClientProxy<C>;
}

/**
 * The members of groups. A group exists as long as it has a member; a connection that ends leaves all of its groups. A
 * connection of this server is added and removed within the call; the promises are for what takes longer.
 */
export interface GroupManager {
  /**
   * Adds a connection to a group. Does nothing when it is a member already or does not exist. Resolves when it gets
   * what is sent to the group, on any server. Rejects with a `HubException` when it is in `maximumGroupsPerConnection`
   * groups, and with an `Error` when its server cannot be reached.
   */
  add(connectionId: string, name: string): Promise<void>;
  /** Removes a connection from a group. Does nothing when it is not a member. Rejects as `add` does. */
  remove(connectionId: string, name: string): Promise<void>;
}
