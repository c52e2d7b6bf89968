import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request that asks for an upgrade, its socket, and what has been read behind it. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Passes requests on to the servers that their connections are of. */
export interface RequestForwarder {
  /** The other server that answers for a token; `undefined` when this one does. */
  ownerOf(token: string): string | undefined;
  forward(request: IncomingMessage, response: ServerResponse, owner: string): Promise<void>;
  forwardUpgrade(upgrade: UpgradeRequest, owner: string): Promise<void>;
}
