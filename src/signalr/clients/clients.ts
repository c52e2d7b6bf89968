/** Without a declaration, any method may be called on a client with anything. */
export type AnyClientMethods = Record<string, (...args: unknown[]) => unknown>;

/** The names of declared methods. */
export type ClientMethodName<C> = keyof C & string;

/** What a declared method is called with. */
export type ClientArguments<F> = F extends (...args: infer A extends readonly unknown[]) => unknown ? A : never;

/** Some clients, to be called together. */
export interface ClientProxy<C = AnyClientMethods> {
  /**
   * Calls a method of each client without waiting for anything; for clients there are not it does nothing. Returns false when
   * one that was named is gone, or so much waits to be sent to one already that the caller of this had better slow down; past
   * `maximumSendBufferSize` its connection is dropped. The message is encoded once for all.
   * @throws TypeError when an argument has no encoding.
   */
  send<N extends ClientMethodName<C>>(method: N, ...args: ClientArguments<C[N]>): boolean;
}

/** How long to wait for a client's answer. */
export interface ClientInvokeOptions {
  /** Milliseconds. Default: `clientResultTimeout`. */
  readonly timeout?: number | undefined;
  /** Ends the wait when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** Something that answers. */
export interface ClientInvoker<C = AnyClientMethods> {
  /**
   * Calls a method of the client and resolves to what that returns, as the client says. Rejects with a `HubException` when the
   * client answers with an error, is lost or takes too long, with an `Error` when there is no such client. While a hub method waits
   * for it, the next invocation of its connection may start. HubProtocol: Client results.
   */
  invoke<N extends ClientMethodName<C>>(method: N, ...args: ClientArguments<C[N]>): Promise<unknown>;
}

/** One client. */
export interface SingleClientProxy<C = AnyClientMethods> extends ClientProxy<C>, ClientInvoker<C> {
  /** The same client with a time-out or a signal of its own. */
  withOptions(options: ClientInvokeOptions): ClientInvoker<C>;
}

/** The clients of a server. Names of groups and users are told apart by case. */
export interface HubClients<C = AnyClientMethods> {
  readonly all: ClientProxy<C>;
  allExcept(connectionIds: readonly string[]): ClientProxy<C>;
  client(connectionId: string): SingleClientProxy<C>;
  clients(connectionIds: readonly string[]): ClientProxy<C>;
  group(name: string): ClientProxy<C>;
  groupExcept(name: string, connectionIds: readonly string[]): ClientProxy<C>;
  /** Who is in several of the groups is called once. */
  groups(names: readonly string[]): ClientProxy<C>;
  /** All connections of a user, as `authenticate` named it by `userId`. */
  user(userId: string): ClientProxy<C>;
  users(userIds: readonly string[]): ClientProxy<C>;
}

/** The clients of a server, as seen from one of them. */
export interface HubCallerClients<C = AnyClientMethods> extends HubClients<C> {
  readonly caller: SingleClientProxy<C>;
  /** All but the caller. */
  readonly others: ClientProxy<C>;
  othersInGroup(name: string): ClientProxy<C>;
}

/** Who is in which group. A group is there as long as someone is in it; a connection that ends leaves all of its groups. */
export interface GroupManager {
  /**
   * Puts a connection into a group. Does nothing when it is in it already or there is no such connection.
   * @throws HubException when it is in as many groups as it may.
   */
  add(connectionId: string, name: string): void;
  /** Takes a connection out of a group. Does nothing when it is not in it. */
  remove(connectionId: string, name: string): void;
}
