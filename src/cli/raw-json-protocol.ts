import { JsonHubProtocol, MessageType, type HubMessage, type IHubProtocol, type ILogger } from '@microsoft/signalr';

/** An argument that is JSON text already. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** Ends each message of the JSON protocol (HubProtocol: JSON encoding). */
const RECORD_SEPARATOR = '\x1e';

/**
 * The JSON protocol of the stock client, except that a `RawJson` argument of an invocation is sent as it is: a
 * nanosecond timestamp would lose its last digits if JavaScript parsed it and wrote it again.
 */
export class RawJsonHubProtocol implements IHubProtocol {
  readonly #inner = new JsonHubProtocol();
  readonly name = this.#inner.name;
  readonly version = this.#inner.version;
  readonly transferFormat = this.#inner.transferFormat;

  parseMessages(input: string | ArrayBuffer, logger: ILogger): HubMessage[] {
    // The interface also allows binary input; the JSON protocol checks for that itself.
    return this.#inner.parseMessages(input as string, logger);
  }

  writeMessage(message: HubMessage): string | ArrayBuffer {
    if (message.type !== MessageType.Invocation) return this.#inner.writeMessage(message);
    const written = message.arguments.map((argument: unknown) =>
      argument instanceof RawJson ? argument.text : JSON.stringify(argument),
    );
    const { type, invocationId, target } = message;
    const head = JSON.stringify({ type, invocationId, target });
    return `${head.slice(0, -1)},"arguments":[${written.join(',')}]}${RECORD_SEPARATOR}`;
  }
}
