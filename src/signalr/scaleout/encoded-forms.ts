import type { SharedMessage } from '../clients/shared-message';
import type { HubProtocol } from '../protocol/hub-protocol';
import type { EncodedForms } from './frames';

/**
 * A message in every protocol that a client of another server may speak.
 * @throws TypeError when it has no form in a protocol that is offered here.
 */
export function encodeForms(
  message: SharedMessage,
  offered: readonly HubProtocol[],
  others: readonly HubProtocol[],
): EncodedForms {
  const forms: Record<string, Uint8Array> = {};
  for (const protocol of offered) forms[protocol.name] = asBytes(message.encode(protocol));
  for (const protocol of others) {
    try {
      forms[protocol.name] = asBytes(message.encode(protocol));
    } catch {
      // Nobody has said that this protocol is spoken anywhere.
    }
  }
  return forms;
}

function asBytes(form: string | Uint8Array): Uint8Array {
  return typeof form === 'string' ? Buffer.from(form) : form;
}

/** A message that another server has encoded. */
export class RemoteMessage implements SharedMessage {
  readonly #forms: EncodedForms;
  /** The forms that are text, once they have been read. */
  readonly #texts = new Map<string, string>();

  constructor(forms: EncodedForms) {
    this.#forms = forms;
  }

  encode({ name, transferFormat }: HubProtocol): string | Uint8Array {
    const form = this.#forms[name];
    if (form === undefined) throw new TypeError(`the other server has not encoded the message in '${name}'`);
    if (transferFormat === 'Binary') return form;
    let text = this.#texts.get(name);
    if (text === undefined) {
      text = Buffer.from(form.buffer, form.byteOffset, form.byteLength).toString();
      this.#texts.set(name, text);
    }
    return text;
  }
}
