import type { HubProtocol } from '../protocol/hub-protocol';
import type { ServerMessage } from '../protocol/hub-messages';

/** A message for several clients, encoded once for each protocol they speak. */
export class SharedMessage {
  readonly #forms = new Map<HubProtocol, string | Uint8Array>();
  readonly #message: ServerMessage;

  constructor(message: ServerMessage) {
    this.#message = message;
  }

  /** The message in its frame. @throws TypeError when a value in it has no encoding. */
  in(protocol: HubProtocol): string | Uint8Array {
    let form = this.#forms.get(protocol);
    if (form === undefined) {
      form = protocol.write(this.#message);
      this.#forms.set(protocol, form);
    }
    return form;
  }
}
