import type { ClientCallHost } from '../clients/hub-clients';
import type { DispatchHost } from '../dispatch/dispatcher';
import type { ConnectionRequest } from '../hub/connection-request';
import type { HubHooks } from '../hub/hub';
import type { TransportName } from '../names';
import type { Authentication, ResolvedOptions } from '../options';
import type { HolderGroups } from './holder-groups';
import type { LimitWatch } from './limit-watch';
import type { FlushQueue } from './outbox';
import type { ReadTurns } from '../transports/read-turns';
import type { HubProtocol } from '../protocol/hub-protocol';

/** What all connections of a server share. */
export interface HubHost<P, C> extends DispatchHost<P, C>, ClientCallHost {
  /** The hooks of the hub, with the filters around them. */
  readonly hooks: HubHooks<P, C>;
  readonly protocols: readonly HubProtocol[];
  readonly options: ResolvedOptions;
  readonly flushQueue: FlushQueue;
  readonly readTurns: ReadTurns;
  readonly limits: LimitWatch;
  /** Whether the server is being closed. */
  readonly closing: boolean;
  readonly holders: HolderGroups;
  /** Milliseconds of the heartbeat. */
  readonly now: number;
  /** Whether no connection may read for now. */
  readonly readingPaused: boolean;
}

/** The authenticated client of a connection. */
export interface Identity<P> extends Authentication<P> {
  readonly connectionId: string;
  readonly transport: TransportName;
  readonly request: ConnectionRequest;
}

/** How the server ends a connection. */
export interface CloseOptions {
  /** The error that the client is told; without one, the end is in good order. */
  readonly error?: string | undefined;
  /** Whether a client with automatic reconnect may come back. */
  readonly allowReconnect?: boolean | undefined;
}
