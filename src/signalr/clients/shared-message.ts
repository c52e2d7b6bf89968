import type { HubProtocol } from '../protocol/hub-protocol';
import type { ServerMessage } from '../protocol/hub-messages';

/** A message for several clients, encoded once for each protocol. ASP.NET Core: SerializedHubMessage. */
export class SharedMessage {
  readonly #encoded = new Map<HubProtocol, string | Uint8Array>();
  readonly #message: ServerMessage;

  constructor(message: ServerMessage) {
    this.#message = message;
  }

  /** The message in its frame. @throws TypeError when a value in it has no encoding. */
  encode(protocol: HubProtocol): string | Uint8Array {
    let form = this.#encoded.get(protocol);
    if (form === undefined) {
      form = protocol.write(this.#message);
      this.#encoded.set(protocol, form);
    }
    return form;
  }
}
