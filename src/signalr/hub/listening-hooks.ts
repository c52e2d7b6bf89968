import type { HubHooks } from './hub';

/** Hears what other servers send to a user. */
export interface UserListener {
  /** Resolves when what others send to a user arrives, as far as they can be reached. */
  listeningTo(userId: string): Promise<void>;
}

/** Hooks that begin when what other servers send to the user of the connection arrives. */
export function listenFirst<P, C>(hooks: HubHooks<P, C>, listener: UserListener): HubHooks<P, C> {
  return {
    ...hooks,
    onConnected: (context) => {
      const { userId } = context;
      if (userId === undefined) return hooks.onConnected?.(context);
      return listener.listeningTo(userId).then(() => hooks.onConnected?.(context));
    },
  };
}
