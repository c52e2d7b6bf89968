// What a hub and its clients may call of each other, as types alone. Nothing here knows Node.js, so that the types of a
// client do not either.

/** Any function. */
export type AnyFunction = (...args: never[]) => unknown;

/** The methods of a hub that does not say which it has. */
export type AnyHubMethods = Record<string, AnyFunction>;

/**
 * What both sides may call. `Server` has a function for each method of the hub: what a client passes, and what it gets;
 * a stream is an `AsyncIterable`, whichever way it goes. `Client` has a function for each method of the clients.
 */
export interface HubContract<Server = AnyHubMethods, Client = unknown> {
  readonly server: Server;
  readonly client: Client;
}

/** The type of the items of what a stream method returns. */
export type ItemOf<S> =
  Awaited<S> extends AsyncIterable<infer T> | Iterable<infer T>
    ? T
    : Awaited<S> extends { subscribe(observer: { next(item: infer T): void }): unknown }
      ? T
      : unknown;
