import { HubException } from '../exceptions';
import type { GroupManager } from './clients';
import type { ServerMessage } from '../protocol/hub-messages';
import type { SharedMessage } from './shared-message';

/** A client that can be called. */
export interface Peer {
  readonly connectionId: string;
  readonly userId: string | undefined;
  /** Why it cannot be asked for an answer now; `undefined` when it can. */
  readonly speechless: string | undefined;
  /** Sends a message. Returns false when it is gone, or congested. @throws TypeError when a value in the message has no encoding. */
  send(message: ServerMessage): boolean;
  /** As `send`, for a message that others get too. */
  deliver(message: SharedMessage): boolean;
}

interface Member {
  readonly peer: Peer;
  /** Groups it is in; made when it enters the first. */
  groups: Set<string> | undefined;
}

const NOBODY: readonly never[] = [];

/** All clients of a server that have shaken hands: by id, by user, by group. */
export class Audience implements GroupManager {
  readonly #members = new Map<string, Member>();
  readonly #users = new Map<string, Set<Peer>>();
  readonly #groups = new Map<string, Set<Peer>>();
  readonly #maximumGroupsPerConnection: number;

  constructor(maximumGroupsPerConnection: number) {
    this.#maximumGroupsPerConnection = maximumGroupsPerConnection;
  }

  enter(peer: Peer): void {
    this.#members.set(peer.connectionId, { peer, groups: undefined });
    if (peer.userId !== undefined) join(this.#users, peer.userId, peer);
  }

  /** Harmless for one that has not entered. */
  leave(peer: Peer): void {
    const member = this.#members.get(peer.connectionId);
    if (member?.peer !== peer) return;
    this.#members.delete(peer.connectionId);
    if (peer.userId !== undefined) part(this.#users, peer.userId, peer);
    for (const name of member.groups ?? NOBODY) part(this.#groups, name, peer);
  }

  add(connectionId: string, name: string): void {
    const member = this.#members.get(connectionId);
    if (member === undefined) return;
    const groups = (member.groups ??= new Set());
    if (groups.has(name)) return;
    if (groups.size >= this.#maximumGroupsPerConnection) {
      throw new HubException(`A connection may be in ${this.#maximumGroupsPerConnection} groups at most.`);
    }
    groups.add(name);
    join(this.#groups, name, member.peer);
  }

  remove(connectionId: string, name: string): void {
    const member = this.#members.get(connectionId);
    if (member?.groups?.delete(name) === true) part(this.#groups, name, member.peer);
  }

  find(connectionId: string): Peer | undefined {
    return this.#members.get(connectionId)?.peer;
  }

  *everyone(): Iterable<Peer> {
    for (const { peer } of this.#members.values()) yield peer;
  }

  group(name: string): Iterable<Peer> {
    return this.#groups.get(name) ?? NOBODY;
  }

  user(userId: string): Iterable<Peer> {
    return this.#users.get(userId) ?? NOBODY;
  }

  /** Who is in any of the groups, each once. */
  groups(names: readonly string[]): Iterable<Peer> {
    return new Set(names.flatMap((name) => [...this.group(name)]));
  }

  /** Who is any of the users, each connection once. */
  users(userIds: readonly string[]): Iterable<Peer> {
    return new Set(userIds.flatMap((userId) => [...this.user(userId)]));
  }
}

function join(sets: Map<string, Set<Peer>>, name: string, peer: Peer): void {
  const set = sets.get(name);
  if (set === undefined) sets.set(name, new Set([peer]));
  else set.add(peer);
}

function part(sets: Map<string, Set<Peer>>, name: string, peer: Peer): void {
  const set = sets.get(name);
  if (set?.delete(peer) === true && set.size === 0) sets.delete(name);
}
