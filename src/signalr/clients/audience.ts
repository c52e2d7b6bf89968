import type { ConnectedClient, HubConnectionStore } from './hub-connection-store';

/** Whom a call is for, as it can be said to another server. */
export interface Audience {
  readonly to: 'all' | 'connections' | 'groups' | 'users';
  /** The ids or names; none for all. */
  readonly names: readonly string[];
  /** Connections that are left out. */
  readonly except: readonly string[];
}

export const NOBODY: readonly never[] = [];

export const EVERYBODY: Audience = { to: 'all', names: NOBODY, except: NOBODY };

/** The clients of this server that a call is for, each once; `undefined` for a connection that is not here. */
export function pickClients(store: HubConnectionStore, audience: Audience): Iterable<ConnectedClient | undefined> {
  const picked = pickNamed(store, audience);
  return audience.except.length === 0 ? picked : without(picked, audience.except);
}

function pickNamed(store: HubConnectionStore, { to, names }: Audience): Iterable<ConnectedClient | undefined> {
  switch (to) {
    case 'all':
      return store.all();
    case 'connections':
      return [...new Set(names)].map((id) => store.find(id));
    case 'groups':
      return names.length === 1 ? store.group(names[0]!) : store.groups(names);
    case 'users':
      return names.length === 1 ? store.user(names[0]!) : store.users(names);
  }
}

function* without(
  clients: Iterable<ConnectedClient | undefined>,
  connectionIds: readonly string[],
): Iterable<ConnectedClient | undefined> {
  const excepted = new Set(connectionIds);
  for (const client of clients) {
    if (client === undefined || !excepted.has(client.connectionId)) yield client;
  }
}
