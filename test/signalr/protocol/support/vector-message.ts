import { type HubMessage, MESSAGE_TYPE } from '../../../../src/signalr/protocol/hub-messages';
import { type Call, readExpression, type Value } from './csharp-expression';

/** The sample object of ASP.NET Core's tests in an encoding. */
export type CustomObject = Readonly<Record<string, unknown>>;

const TEST_HEADERS = {
  Foo: 'Bar',
  'KeyWith\nNew\r\nLines': 'Still Works',
  ValueWithNewLines: 'Also\nWorks\r\nFine',
};

/** The message that a vector's C# expression constructs, as a parser would return it. */
export function vectorMessage(expression: string, customObject: CustomObject): HubMessage {
  return new MessageMaker(customObject).message(readExpression(expression));
}

class MessageMaker {
  readonly #customObject: CustomObject;

  constructor(customObject: CustomObject) {
    this.#customObject = customObject;
  }

  message(value: Value | undefined): HubMessage {
    const call = asCall(value);
    const { name, args, named } = call;
    switch (name) {
      case 'AddHeaders':
        return { ...this.message(args[1]), headers: TEST_HEADERS } as HubMessage;
      case 'InvocationMessage':
        return this.#invocation(call);
      case 'StreamInvocationMessage':
        return { ...this.#invocation(call), type: MESSAGE_TYPE.StreamInvocation, invocationId: text(args[0]) };
      case 'StreamItemMessage':
        return {
          type: MESSAGE_TYPE.StreamItem,
          invocationId: text(args[0]),
          item: this.#data(args[1] ?? named['item'] ?? null),
        };
      case 'CompletionMessage.WithResult':
        return this.#result(args[0], args[1] ?? named['payload']);
      case 'CompletionMessage':
        return this.#result(args[0], args[2]);
      case 'CompletionMessage.WithError':
        return {
          type: MESSAGE_TYPE.Completion,
          invocationId: text(args[0]),
          error: text(args[1] ?? named['error']),
        };
      case 'CompletionMessage.Empty':
        return { type: MESSAGE_TYPE.Completion, invocationId: text(args[0]) };
      case 'CancelInvocationMessage':
        return { type: MESSAGE_TYPE.CancelInvocation, invocationId: text(args[0]) };
      case 'PingMessage.Instance':
        return { type: MESSAGE_TYPE.Ping };
      case 'CloseMessage.Empty':
      case 'CloseMessage':
        return this.#close(call);
      case 'AckMessage':
        return { type: MESSAGE_TYPE.Ack, sequenceId: Number(args[0]) };
      case 'SequenceMessage':
        return { type: MESSAGE_TYPE.Sequence, sequenceId: Number(args[0]) };
      default:
        throw new Error(`No message is made by ${name}.`);
    }
  }

  #invocation({ args }: Call): HubMessage & { type: typeof MESSAGE_TYPE.Invocation } {
    // Without an id there is one argument less, unless it is given as null.
    const [id, target, values, streamIds] = typeof args[1] === 'string' ? args : [null, ...args];
    return {
      type: MESSAGE_TYPE.Invocation,
      ...(id === null ? {} : { invocationId: text(id) }),
      target: text(target),
      arguments: this.#data(values ?? []) as unknown[],
      ...(streamIds === undefined ? {} : { streamIds: this.#data(streamIds) as string[] }),
    };
  }

  #result(id: Value | undefined, payload: Value | undefined): HubMessage {
    return { type: MESSAGE_TYPE.Completion, invocationId: text(id), result: this.#data(payload ?? null) };
  }

  #close({ args, named }: Call): HubMessage {
    const error = args[0] ?? named['error'];
    const allowReconnect = named['allowReconnect'] === true;
    return { type: MESSAGE_TYPE.Close, ...(typeof error === 'string' && { error }), allowReconnect };
  }

  #data(value: Value): unknown {
    if (Array.isArray(value)) return value.map((item: Value) => this.#data(item));
    if (typeof value !== 'object' || value === null) return value;
    const { name, args } = asCall(value);
    switch (name) {
      case 'CustomObject':
        return this.#customObject;
      case 'TestEnum.One':
        return 'One';
      case 'Array.Empty':
        return [];
      case 'DateTimeOffset.Parse':
        return args[0];
      default:
        throw new Error(`No value is made by ${name}.`);
    }
  }
}

function asCall(value: Value | undefined): Call {
  if (typeof value === 'object' && value !== null && 'name' in value) return value;
  throw new Error('Expected a call.');
}

function text(value: Value | undefined): string {
  if (typeof value !== 'string') throw new Error('Expected a string.');
  return value;
}
