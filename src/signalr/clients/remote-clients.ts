import type { Audience } from './audience';
import type { ClientInvokeOptions } from './clients';
import type { InvocationMessage } from '../protocol/hub-messages';
import type { SharedMessage } from './shared-message';

/** The clients of the other servers that serve the same hub. */
export interface RemoteClients {
  /** Whether a connection is one of another server, as far as its id tells. */
  owns(connectionId: string): boolean;
  /**
   * Encodes a message for the servers whose clients it may be for.
   * @throws TypeError when the message has no encoding.
   */
  prepare(audience: Audience, message: SharedMessage): PreparedSend;
  /** Invokes a method of a connection of another server. Rejects as `ClientInvoker.invoke` does. */
  invoke(connectionId: string, call: RemoteCall, options: ClientInvokeOptions): Promise<unknown>;
  /** Adds a connection of another server to a group. Rejects with what that server refused it for. */
  add(connectionId: string, group: string): Promise<void>;
  remove(connectionId: string, group: string): Promise<void>;
  /** Resolves when this server gets what others send to a group, as far as the others can be reached. */
  listening(group: string): Promise<void>;
}

/** A message that is ready for other servers. */
export interface PreparedSend {
  /** Returns false when it cannot be passed on, or was for a connection that is on no server. */
  publish(): boolean;
}

/** What a client of another server is called with. */
export type RemoteCall = Pick<InvocationMessage, 'target' | 'arguments'>;
