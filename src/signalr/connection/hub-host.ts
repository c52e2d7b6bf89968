import type { HubConnectionStore } from '../clients/hub-connection-store';
import type { DispatchHost } from '../dispatch/dispatcher';
import type { ConnectionRequest } from '../hub/hub-context';
import type { HubHooks } from '../hub/hub';
import type { Authentication, ResolvedOptions } from '../options';
import type { FlushQueue } from './outbox';
import type { HubProtocol } from '../protocol/hub-protocol';

/** What all connections of a server share. */
export interface HubHost<P, C> extends DispatchHost<P, C> {
  /** The hub's, with the filters around them. */
  readonly hooks: HubHooks<P, C>;
  readonly store: HubConnectionStore;
  readonly protocols: readonly HubProtocol[];
  readonly options: ResolvedOptions;
  readonly flushQueue: FlushQueue;
  /** Milliseconds, as at the last heartbeat. */
  readonly now: number;
  /** Whether no connection may read for now. */
  readonly readingPaused: boolean;
}

/** Who is at the other end of a connection. */
export interface Identity<P> extends Authentication<P> {
  readonly connectionId: string;
  readonly request: ConnectionRequest;
}

/** How the server ends a connection. */
export interface CloseOptions {
  /** What the client is told to be the error; without it, the end is in good order. */
  readonly error?: string | undefined;
  /** Whether a client that reconnects by itself may do so. */
  readonly allowReconnect?: boolean | undefined;
}
