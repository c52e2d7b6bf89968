import type { Principal } from '../auth/principal';
import type { WriterHubError } from '../errors';
import type { HubContext, HubHooks } from '../signalr';

/** Where a connection keeps its own context among its items. */
const CONNECTION = Symbol('connection');

/** Calls `onEnd` when the token of a principal expires or is revoked; returns what stops that. */
export type WatchToken = (principal: Principal, onEnd: (error: WriterHubError) => void) => () => void;

/**
 * Has each connection remember its own context: what goes on after an invocation asks it for the rights of the latest
 * request, as a client that polls may come with one token after another.
 */
export function rememberConnections(hooks: HubHooks<Principal>): HubHooks<Principal> {
  return {
    ...hooks,
    onConnected(context) {
      context.items.set(CONNECTION, context);
      return hooks.onConnected?.(context);
    },
  };
}

/** The context of the connection of an invocation. */
function connectionOf(context: HubContext<Principal>): HubContext<Principal> {
  return (context.items.get(CONNECTION) as HubContext<Principal> | undefined) ?? context;
}

/** The rights that the latest request of a connection brought, while they last. */
export function rightsOf(context: HubContext<Principal>): { mayRead(topic: string): boolean } {
  const connection = connectionOf(context);
  return {
    mayRead(topic) {
      const { scopes, expiresAt = Infinity } = connection.principal;
      return expiresAt > Date.now() && scopes.mayRead(topic);
    },
  };
}

/** As `WatchToken`, for what a connection goes on with: a token that is followed by a newer one may expire. */
export function watchRights(
  context: HubContext<Principal>,
  watchToken: WatchToken,
  onEnd: (error: WriterHubError) => void,
): () => void {
  const connection = connectionOf(context);
  let stop = ignore;
  const watch = (): void => {
    const { principal } = connection;
    stop = watchToken(principal, (error) => {
      stop();
      if (connection.principal === principal) onEnd(error);
      else watch();
    });
  };
  watch();
  return () => {
    stop();
  };
}

function ignore(): void {
  // Nothing is watched yet.
}
