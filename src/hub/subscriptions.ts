import type { Principal } from '../auth/principal';
import type { HubContext } from '../signalr';
import { ConnectionSubscriptions, type SubscriptionParts } from './connection-subscriptions';

/** What the connections of the hub subscribe to. */
export class Subscriptions {
  readonly #connections = new Map<string, ConnectionSubscriptions>();
  readonly #parts: SubscriptionParts;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  /** How many subscriptions there are. */
  get count(): number {
    let count = 0;
    for (const connection of this.#connections.values()) count += connection.count;
    return count;
  }

  /** Those of the connection of a call, with the rights that this brings. */
  of(context: HubContext<Principal>): ConnectionSubscriptions {
    const known = this.#connections.get(context.connectionId);
    if (known !== undefined) {
      known.renew(context.principal);
      return known;
    }
    const made = new ConnectionSubscriptions(context, this.#parts);
    this.#connections.set(context.connectionId, made);
    // It may have left while the call was on its way.
    const { connectionAborted } = context;
    const leave = (): void => {
      this.#connections.delete(context.connectionId);
      made.close();
    };
    if (connectionAborted.aborted) leave();
    else connectionAborted.addEventListener('abort', leave, { once: true });
    return made;
  }

  /** Those of a connection, if it has or had any. */
  find({ connectionId }: HubContext<Principal>): ConnectionSubscriptions | undefined {
    return this.#connections.get(connectionId);
  }
}
