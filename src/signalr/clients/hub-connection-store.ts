import { HubException } from '../exceptions';
import type { ServerMessage } from '../protocol/hub-messages';
import { checkName } from '../mistakes';
import type { SharedMessage } from './shared-message';

/** A connected client, which can be called. */
export interface ConnectedClient {
  readonly connectionId: string;
  readonly userId: string | undefined;
  /** Why it cannot be asked for a result now; `undefined` when it can. */
  readonly cannotInvoke: string | undefined;
  /** Whether the client should be sent nothing more until it has taken what is waiting. */
  readonly congested: boolean;
  /** Resolves to true when it is not congested any more, to false when it is gone or that takes too long. */
  room(): Promise<boolean>;
  /**
   * Sends a message. Returns false when the client is gone or congested.
   * @throws TypeError when a value in it has no encoding.
   */
  send(message: ServerMessage): boolean;
  /** As `send`, for a message that other clients get too. */
  sendShared(message: SharedMessage): boolean;
}

/** Is told which groups and users have connections here. */
export interface NamesObserver {
  /** A group has got its first member, or lost its last. */
  onGroup(name: string, present: boolean): void;
  /** A user has got the first connection, or lost the last. */
  onUser(userId: string, present: boolean): void;
}

interface StoreEntry {
  readonly client: ConnectedClient;
  /** The groups it is in; created when it enters the first. */
  groups: Set<string> | undefined;
}

const NONE: readonly never[] = [];

/** The clients of a server that have completed their handshake: by connection id, by user, by group. */
export class HubConnectionStore {
  readonly #entries = new Map<string, StoreEntry>();
  readonly #users = new Map<string, Set<ConnectedClient>>();
  readonly #groups = new Map<string, Set<ConnectedClient>>();
  readonly #maximumGroupsPerConnection: number;
  readonly #observer: NamesObserver | undefined;

  constructor(maximumGroupsPerConnection: number, observer?: NamesObserver) {
    this.#maximumGroupsPerConnection = maximumGroupsPerConnection;
    this.#observer = observer;
  }

  register(client: ConnectedClient): void {
    this.#entries.set(client.connectionId, { client, groups: undefined });
    const { userId } = client;
    if (userId !== undefined && addTo(this.#users, userId, client)) this.#observer?.onUser(userId, true);
  }

  /** Harmless for a client that is not registered. */
  unregister(client: ConnectedClient): void {
    const entry = this.#entries.get(client.connectionId);
    if (entry?.client !== client) return;
    this.#entries.delete(client.connectionId);
    const { userId } = client;
    if (userId !== undefined && removeFrom(this.#users, userId, client)) this.#observer?.onUser(userId, false);
    for (const name of entry.groups ?? NONE) this.#leave(name, client);
  }

  /**
   * Adds a connection to a group. Does nothing when it is a member already or does not exist.
   * @throws HubException when it is in `maximumGroupsPerConnection` groups.
   */
  add(connectionId: string, name: string): void {
    const entry = this.#entries.get(connectionId);
    if (entry === undefined) return;
    const groups = (entry.groups ??= new Set());
    if (groups.has(name)) return;
    if (groups.size >= this.#maximumGroupsPerConnection) {
      throw new HubException(`a connection may be in ${this.#maximumGroupsPerConnection} groups at most`);
    }
    groups.add(name);
    if (addTo(this.#groups, name, entry.client)) this.#observer?.onGroup(name, true);
  }

  /** Removes a connection from a group. Does nothing when it is not a member. */
  remove(connectionId: string, name: string): void {
    const entry = this.#entries.get(connectionId);
    if (entry?.groups?.delete(name) === true) this.#leave(name, entry.client);
  }

  find(connectionId: string): ConnectedClient | undefined {
    return this.#entries.get(connectionId)?.client;
  }

  *all(): Iterable<ConnectedClient> {
    for (const { client } of this.#entries.values()) yield client;
  }

  group(name: string): Iterable<ConnectedClient> {
    return this.#groups.get(name) ?? NONE;
  }

  user(userId: string): Iterable<ConnectedClient> {
    return this.#users.get(userId) ?? NONE;
  }

  /** The clients in any of the groups, each once. */
  groups(names: readonly string[]): Iterable<ConnectedClient> {
    return new Set(names.flatMap((name) => [...this.group(name)]));
  }

  /** The connections of any of the users, each once. */
  users(userIds: readonly string[]): Iterable<ConnectedClient> {
    return new Set(userIds.flatMap((userId) => [...this.user(userId)]));
  }

  #leave(name: string, client: ConnectedClient): void {
    if (removeFrom(this.#groups, name, client)) this.#observer?.onGroup(name, false);
  }
}

/** @throws TypeError unless there is a connection id and, behind it, the name of a group. */
export function checkMember(where: string, connectionId: unknown, name: unknown): void {
  checkName(where, 'the connection id', connectionId);
  checkName(where, 'the name of the group, behind the connection id,', name);
}

/** Returns whether it is the first. */
function addTo(sets: Map<string, Set<ConnectedClient>>, name: string, client: ConnectedClient): boolean {
  const set = sets.get(name);
  if (set === undefined) sets.set(name, new Set([client]));
  else set.add(client);
  return set === undefined;
}

/** Returns whether it was the last. */
function removeFrom(sets: Map<string, Set<ConnectedClient>>, name: string, client: ConnectedClient): boolean {
  const set = sets.get(name);
  return set?.delete(client) === true && set.size === 0 && sets.delete(name);
}
