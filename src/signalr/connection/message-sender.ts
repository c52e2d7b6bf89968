import type { ConnectedClient } from '../clients/hub-connection-store';
import type { SharedMessage } from '../clients/shared-message';
import type { ConnectionLifetime } from './connection-lifetime';
import type { KeepAlive } from './keep-alive';
import type { Outbox } from './outbox';
import type { HubProtocol } from '../protocol/hub-protocol';
import { MESSAGE_TYPE, type ServerMessage } from '../protocol/hub-messages';

/** The parts of a connection that a sender works with. */
export interface SenderParts {
  readonly outbox: Outbox;
  readonly keepAlive: KeepAlive;
  readonly lifetime: ConnectionLifetime;
}

/** What bounds the messages that were not sent. */
export interface SendLimits {
  readonly maximumBufferSize: number;
  /** Returns whether so many bytes may be unsent; otherwise the connection has ended. */
  readonly mayHold: (unsent: number) => boolean;
  /** Called when more is unsent than the buffer may hold, for which the connection ends. */
  readonly onExceeded: () => void;
}

/** Less than this is not counted: most clients take what they get at once. */
const COUNTED_SIZE = 4 * 1024;

/** Sends messages to the client of one connection, from the handshake until the connection ends. */
export class MessageSender implements ConnectedClient {
  /** What messages are encoded with; nothing is sent before the handshake has set it. */
  protocol: HubProtocol | undefined;
  readonly connectionId: string;
  readonly userId: string | undefined;
  readonly #limits: SendLimits;
  readonly #outbox: Outbox;
  readonly #keepAlive: KeepAlive;
  readonly #lifetime: ConnectionLifetime;
  readonly #lifecycle: { readonly ready: boolean };

  /** `lifecycle` says whether `onConnected` has succeeded. */
  constructor(
    { connectionId, userId }: { readonly connectionId: string; readonly userId?: string | undefined },
    { outbox, keepAlive, lifetime }: SenderParts,
    lifecycle: { readonly ready: boolean },
    limits: SendLimits,
  ) {
    this.connectionId = connectionId;
    this.userId = userId;
    this.#limits = limits;
    this.#outbox = outbox;
    this.#keepAlive = keepAlive;
    this.#lifetime = lifetime;
    this.#lifecycle = lifecycle;
  }

  get cannotInvoke(): string | undefined {
    if (this.#lifetime.state !== 'open') return `Connection '${this.connectionId}' disconnected.`;
    return this.#lifecycle.ready ? undefined : 'Client results inside OnConnectedAsync Hub methods are not allowed.';
  }

  get congested(): boolean {
    return this.#outbox.congested;
  }

  get overloaded(): boolean {
    return this.#outbox.unsent > this.#limits.maximumBufferSize / 2;
  }

  room(): Promise<boolean> {
    return this.#lifetime.maySend ? this.#outbox.room() : Promise.resolve(false);
  }

  send(message: ServerMessage): boolean {
    if (this.protocol === undefined || !this.#lifetime.maySend) return false;
    return this.#write(this.protocol.write(message), isCounted(message));
  }

  sendShared(message: SharedMessage): boolean {
    if (this.protocol === undefined || !this.#lifetime.maySend) return false;
    return this.#write(message.encode(this.protocol), true);
  }

  /** Returns false when the client is dropped or congested. */
  #write(encoded: string | Uint8Array, counted: boolean): boolean {
    const { unsent } = this.#outbox;
    const { maximumBufferSize, mayHold, onExceeded } = this.#limits;
    if (unsent > maximumBufferSize) {
      onExceeded();
      const text = 'the client does not take what is sent to it: maximumSendBufferSize was exceeded';
      this.#lifetime.drop(new Error(text));
      return false;
    }
    if (unsent + encoded.length > COUNTED_SIZE && !mayHold(unsent + encoded.length)) return false;
    this.#outbox.write(encoded, counted);
    this.#keepAlive.onSent();
    return !this.#outbox.congested;
  }
}

/** Whether a message must not get lost with its socket. HubProtocol: Stateful Reconnect. */
function isCounted({ type }: ServerMessage): boolean {
  return type <= MESSAGE_TYPE.CancelInvocation;
}
