import type { Principal } from '../auth/principal';
import type { HubContext, HubHooks } from '../signalr';

/** What wants to know which connections there are. */
export interface ConnectionWatcher {
  add(context: HubContext<Principal>): void;
  remove(context: HubContext<Principal>): void;
}

/** The hooks, and besides each watcher is told of connections. */
export function connectionHooks(hooks: HubHooks<Principal>, ...watchers: ConnectionWatcher[]): HubHooks<Principal> {
  return {
    onConnected(context) {
      for (const watcher of watchers) watcher.add(context);
      return hooks.onConnected?.(context);
    },
    onDisconnected(context, error) {
      for (const watcher of watchers) watcher.remove(context);
      return hooks.onDisconnected?.(context, error);
    },
  };
}
