import { InvalidDataException } from '../exceptions';
import type { HubProtocol, MessageBinder, MessageSteps } from './hub-protocol';
import { JsonEnvelope } from './json-envelope';
import { JsonOutline } from './json-outline';
import { JsonSteps } from './json-steps';
import { writeJson } from './json-writer';
import {
  type BindingFailureMessage,
  type CompletionMessage,
  type HubMessage,
  type InvocationMessage,
  MESSAGE_TYPE,
  type ServerMessage,
  type StreamBindingFailureMessage,
  type StreamInvocationMessage,
  type StreamItemMessage,
} from './hub-messages';
import { recordFraming } from './record-framing';
import { wrongResult, wrongValue } from './value-binding';

/** The JSON encoding. It parses only values that a method wants parsed. HubProtocol: JSON Encoding. */
export class JsonProtocol implements HubProtocol {
  readonly name = 'json';
  readonly version = 2;
  readonly transferFormat = 'Text';
  readonly framing = recordFraming;
  readonly #envelope: JsonEnvelope;

  /** Greater values than this are not parsed. */
  constructor(maximumParsedSize = Infinity) {
    this.#envelope = new JsonEnvelope(maximumParsedSize);
  }

  parse(bytes: Buffer, start: number, end: number, binder: MessageBinder): HubMessage | undefined {
    const envelope = this.#envelope;
    envelope.read(bytes, start, end, binder);
    const messageEnd = envelope.scanner.position;
    const message = this.#message(envelope, binder);
    envelope.checkUnused();
    envelope.readEnd(messageEnd);
    return message;
  }

  parseInSteps(bytes: Buffer, start: number, end: number, binder: MessageBinder): MessageSteps {
    return new JsonSteps(new JsonOutline(bytes, start, end), (outline) => {
      const { scanner } = this.#envelope;
      scanner.outline = outline;
      try {
        return this.parse(bytes, start, end, binder);
      } finally {
        scanner.outline = undefined;
      }
    });
  }

  write(message: ServerMessage): string {
    return writeJson(message);
  }

  #message(envelope: JsonEnvelope, binder: MessageBinder): HubMessage | undefined {
    const { type } = envelope;
    switch (type) {
      case undefined:
        throw missing('type');
      case MESSAGE_TYPE.Invocation:
      case MESSAGE_TYPE.StreamInvocation:
        return this.#invocation(type, envelope, binder);
      case MESSAGE_TYPE.StreamItem:
        return streamItem(envelope, binder);
      case MESSAGE_TYPE.Completion:
        return completion(envelope, binder);
      case MESSAGE_TYPE.CancelInvocation:
        return { type, headers: envelope.headers, invocationId: requiredId(envelope) };
      case MESSAGE_TYPE.Ping:
        return { type };
      case MESSAGE_TYPE.Close:
        return { type, error: envelope.error, allowReconnect: envelope.allowReconnect };
      case MESSAGE_TYPE.Ack:
      case MESSAGE_TYPE.Sequence:
        if (envelope.sequenceId === undefined) throw missing('sequenceId');
        return { type, sequenceId: envelope.sequenceId };
      default:
        // HubProtocol: unknown types are skipped, so that later versions can add some.
        return undefined;
    }
  }

  #invocation(
    type: typeof MESSAGE_TYPE.Invocation | typeof MESSAGE_TYPE.StreamInvocation,
    envelope: JsonEnvelope,
    binder: MessageBinder,
  ): InvocationMessage | StreamInvocationMessage | BindingFailureMessage {
    const { headers, target, streamIds, scanner } = envelope;
    if (target === undefined) throw missing('target');
    if (!envelope.hasArguments) throw missing('arguments');
    // HubProtocol: an empty id counts as none.
    const invocationId = envelope.invocationId === '' ? undefined : envelope.invocationId;
    if (type === MESSAGE_TYPE.StreamInvocation && invocationId === undefined) throw missing('invocationId');
    const parameters = binder.parameters(target);
    if (parameters === undefined) {
      return { type: MESSAGE_TYPE.BindingFailure, invocationId, target, error: undefined };
    }
    const bound = envelope.arguments.bind(parameters, scanner);
    const values: typeof bound = envelope.tooLarge === undefined ? bound : envelope.tooLarge;
    if (values instanceof InvalidDataException) {
      return { type: MESSAGE_TYPE.BindingFailure, invocationId, target, error: values };
    }
    if (type === MESSAGE_TYPE.Invocation) return { type, headers, invocationId, target, arguments: values, streamIds };
    return { type, headers, invocationId: requiredId(envelope), target, arguments: values, streamIds };
  }
}

function streamItem(envelope: JsonEnvelope, binder: MessageBinder): StreamItemMessage | StreamBindingFailureMessage {
  const { headers } = envelope;
  const invocationId = requiredId(envelope);
  if (!envelope.item.present) throw missing('item');
  const expected = binder.itemKind(invocationId);
  if (expected === undefined) {
    envelope.checkSpan(envelope.item);
    return { type: MESSAGE_TYPE.StreamItem, headers, invocationId, item: undefined };
  }
  if (expected !== 'rawJson' && envelope.isTooLarge(envelope.item)) {
    return { type: MESSAGE_TYPE.StreamBindingFailure, invocationId, error: envelope.tooLargeError('item') };
  }
  try {
    const item = envelope.item.read(expected, envelope.scanner);
    return { type: MESSAGE_TYPE.StreamItem, headers, invocationId, item };
  } catch (error) {
    if (!(error instanceof InvalidDataException)) throw error;
    return { type: MESSAGE_TYPE.StreamBindingFailure, invocationId, error: wrongValue(expected, 'item') };
  }
}

function completion(envelope: JsonEnvelope, binder: MessageBinder): CompletionMessage {
  const type = MESSAGE_TYPE.Completion;
  const { headers, error } = envelope;
  const invocationId = requiredId(envelope);
  if (!envelope.result.present) return { type, headers, invocationId, error };
  const expected = binder.resultKind(invocationId);
  // A client that sends a result beside an error, as those do that write every property, has failed.
  if (error !== undefined || expected === undefined) {
    envelope.checkSpan(envelope.result);
    return { type, headers, invocationId, error };
  }
  if (expected !== 'rawJson' && envelope.isTooLarge(envelope.result)) {
    return { type, headers, invocationId, error: wrongResult(expected, envelope.tooLargeError('result')) };
  }
  try {
    return { type, headers, invocationId, result: envelope.result.read(expected, envelope.scanner) };
  } catch (thrown) {
    if (!(thrown instanceof InvalidDataException)) throw thrown;
    return { type, headers, invocationId, error: wrongResult(expected, wrongValue(expected, 'result')) };
  }
}

function requiredId({ invocationId }: JsonEnvelope): string {
  if (invocationId === undefined || invocationId === '') throw missing('invocationId');
  return invocationId;
}

function missing(name: string): InvalidDataException {
  return new InvalidDataException(`Missing required property '${name}'.`);
}
