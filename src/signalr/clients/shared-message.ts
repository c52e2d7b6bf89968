import type { HubProtocol } from '../protocol/hub-protocol';
import type { ServerMessage } from '../protocol/hub-messages';

/** A message for several clients, encoded once for each protocol. ASP.NET Core: SerializedHubMessage. */
export interface SharedMessage {
  /** The message in its frame. @throws TypeError when it has no form in this protocol. */
  encode(protocol: HubProtocol): string | Uint8Array;
}

/** A message of this server, encoded when the first client of a protocol gets it. */
export class OwnMessage implements SharedMessage {
  readonly #encoded = new Map<HubProtocol, string | Uint8Array>();
  readonly #message: ServerMessage;

  constructor(message: ServerMessage) {
    this.#message = message;
  }

  encode(protocol: HubProtocol): string | Uint8Array {
    let form = this.#encoded.get(protocol);
    if (form === undefined) {
      form = protocol.write(this.#message);
      this.#encoded.set(protocol, form);
    }
    return form;
  }
}
