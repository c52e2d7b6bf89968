import type { GroupManager } from './clients';
import { checkMember, type HubConnectionStore } from './hub-connection-store';
import type { RemoteClients } from './remote-clients';

const DONE = Promise.resolve();

/** The members of groups: connections of this server and, with a backplane, of the others. */
export class ServerGroups implements GroupManager {
  readonly #store: HubConnectionStore;
  readonly #remote: RemoteClients | undefined;

  constructor(store: HubConnectionStore, remote: RemoteClients | undefined) {
    this.#store = store;
    this.#remote = remote;
  }

  add(connectionId: string, name: string): Promise<void> {
    checkMember('groups.add', connectionId, name);
    if (this.#remote?.owns(connectionId) === true) return awaitable(this.#remote.add(connectionId, name));
    return awaitable(this.#addHere(connectionId, name));
  }

  remove(connectionId: string, name: string): Promise<void> {
    checkMember('groups.remove', connectionId, name);
    if (this.#remote?.owns(connectionId) === true) return awaitable(this.#remote.remove(connectionId, name));
    this.#store.remove(connectionId, name);
    return DONE;
  }

  /** The connection is a member before this first waits. */
  async #addHere(connectionId: string, name: string): Promise<void> {
    this.#store.add(connectionId, name);
    await this.#remote?.listening(name);
  }
}

/** A promise whose rejection, if nobody waits for it, does not end the process. */
function awaitable(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}
