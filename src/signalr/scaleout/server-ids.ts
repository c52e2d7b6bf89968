import { randomBytes } from 'node:crypto';

/** Random bytes in an id of a server: enough that no two are the same. */
const SERVER_ID_BYTES = 9;
/** Random bytes in the id of a connection, as ASP.NET Core has them. */
const CONNECTION_ID_BYTES = 16;

const SEPARATOR = '.';

/** The id of a server, a new one at each start: what was there before it is gone. */
export function createServerId(): string {
  return randomBytes(SERVER_ID_BYTES).toString('base64url');
}

/** An id of a connection that tells its server. */
export function createConnectionId(serverId: string): string {
  return `${serverId}${SEPARATOR}${randomBytes(CONNECTION_ID_BYTES).toString('base64url')}`;
}

/** The server of a connection; `undefined` when its id tells none. */
export function serverOf(connectionId: string): string | undefined {
  const end = connectionId.indexOf(SEPARATOR);
  return end > 0 ? connectionId.slice(0, end) : undefined;
}
