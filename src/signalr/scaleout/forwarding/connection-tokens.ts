import { createConnectionId, serverOf } from '../server-ids';
import type { SharedKeys } from '../shared-keys';

/**
 * Tokens of connections that tell every server of the hub whose they are: `server.random.signature`. A server's id is a
 * new one at each start. The signature keeps others from having servers ask each other for what never was.
 */
export class ConnectionTokens {
  readonly #serverId: string;
  readonly #keys: SharedKeys;

  constructor(serverId: string, keys: SharedKeys) {
    this.#serverId = serverId;
    this.#keys = keys;
  }

  create(): string {
    const id = createConnectionId(this.#serverId);
    return `${id}.${this.#keys.sign('token', id)}`;
  }

  /** The other server that a token is of; `undefined` for one of this server, and for one that nobody has made. */
  otherServerOf(token: string): string | undefined {
    const server = serverOf(token);
    if (server === undefined || server === this.#serverId) return undefined;
    const end = token.lastIndexOf('.');
    return this.#keys.verify('token', token.slice(0, end), token.slice(end + 1)) ? server : undefined;
  }
}
