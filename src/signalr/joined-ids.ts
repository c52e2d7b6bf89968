import { type ConnectionIds, PLAIN_IDS } from './endpoint/connection-ids';
import type { Forwarding } from './scaleout/forwarding/forwarding';
import type { Scaleout } from './scaleout/scaleout';
import { createConnectionId } from './scaleout/server-ids';

/** The ids of a server's connections: with other servers, they tell whose they are. */
export function joinedIds(scaleout: Scaleout | undefined, forwarding: Forwarding | undefined): ConnectionIds {
  if (scaleout === undefined) return PLAIN_IDS;
  const connectionId = (): string => createConnectionId(scaleout.id);
  const tokens = forwarding?.tokens;
  return { connectionId, connectionToken: tokens === undefined ? connectionId : () => tokens.create() };
}
