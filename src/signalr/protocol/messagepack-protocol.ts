import type { HubProtocol, MessageBinder, MessageSteps } from './hub-protocol';
import { lengthPrefixFraming } from './length-prefix-framing';
import {
  type CompletionMessage,
  type HubMessage,
  type InvocationMessage,
  type MessageHeaders,
  MESSAGE_TYPE,
  type ServerMessage,
} from './hub-messages';
import { MessagePackSteps } from './messagepack-steps';
import { MessagePackParser, RESULT_KIND } from './messagepack-parser';
import { MessagePackWriter } from './messagepack-writer';

/** The MessagePack encoding. HubProtocol: MessagePack (MsgPack) encoding. */
export class MessagePackProtocol implements HubProtocol {
  readonly name = 'messagepack';
  readonly version = 2;
  readonly transferFormat = 'Binary';
  readonly framing = lengthPrefixFraming;
  readonly #parser: MessagePackParser;
  /** The writer of all messages; `undefined` while it is in use, as when a `toJSON` sends a message itself. */
  #writer: MessagePackWriter | undefined = new MessagePackWriter();

  /** Greater values than this are not parsed. */
  constructor(maximumParsedSize = Infinity) {
    this.#parser = new MessagePackParser(maximumParsedSize);
  }

  parse(bytes: Buffer, start: number, end: number, binder: MessageBinder): HubMessage | undefined {
    return this.#parser.parse(bytes, start, end, binder);
  }

  parseInSteps(bytes: Buffer, start: number, end: number, binder: MessageBinder): MessageSteps {
    return new MessagePackSteps(bytes, end, (texts) => {
      return this.#parser.parseWith(texts, () => this.#parser.parse(bytes, start, end, binder));
    });
  }

  write(message: ServerMessage): Buffer {
    const writer = this.#writer ?? new MessagePackWriter();
    this.#writer = undefined;
    try {
      writer.clear();
      writeMessage(writer, message);
      return writer.message();
    } finally {
      this.#writer = writer;
    }
  }
}

function writeMessage(writer: MessagePackWriter, message: ServerMessage): void {
  switch (message.type) {
    case MESSAGE_TYPE.Completion:
      writeCompletion(writer, message);
      return;
    case MESSAGE_TYPE.Invocation:
      writeInvocation(writer, message);
      return;
    case MESSAGE_TYPE.StreamItem:
      writeHead(writer, 4, message);
      writer.string(message.invocationId);
      writer.value(message.item);
      return;
    case MESSAGE_TYPE.CancelInvocation:
      writeHead(writer, 3, message);
      writer.string(message.invocationId);
      return;
    case MESSAGE_TYPE.Ping:
      writer.array(1);
      writer.number(message.type);
      return;
    case MESSAGE_TYPE.Close:
      writer.array(3);
      writer.number(message.type);
      writeNullable(writer, message.error);
      writer.boolean(message.allowReconnect === true);
      return;
    case MESSAGE_TYPE.Ack:
    case MESSAGE_TYPE.Sequence:
      writer.array(2);
      writer.number(message.type);
      writer.number(message.sequenceId);
  }
}

function writeCompletion(writer: MessagePackWriter, message: CompletionMessage): void {
  const { invocationId, error, result } = message;
  const kind = error !== undefined ? RESULT_KIND.Error : result === undefined ? RESULT_KIND.Void : RESULT_KIND.Value;
  writeHead(writer, kind === RESULT_KIND.Void ? 4 : 5, message);
  writer.string(invocationId);
  writer.number(kind);
  if (error !== undefined) writer.string(error);
  else if (result !== undefined) writer.value(result);
}

function writeInvocation(writer: MessagePackWriter, message: InvocationMessage): void {
  const { invocationId, target, arguments: values, streamIds = [] } = message;
  writeHead(writer, 6, message);
  writeNullable(writer, invocationId);
  writer.string(target);
  writer.arguments(values);
  writer.arguments(streamIds);
}

/** Begins a message of `items` items with its type and headers. */
function writeHead(
  writer: MessagePackWriter,
  items: number,
  { type, headers }: { readonly type: number; readonly headers?: MessageHeaders | undefined },
): void {
  writer.array(items);
  writer.number(type);
  if (headers === undefined) writer.map(0);
  else writer.value(headers);
}

function writeNullable(writer: MessagePackWriter, text: string | undefined): void {
  if (text === undefined) writer.nil();
  else writer.string(text);
}
