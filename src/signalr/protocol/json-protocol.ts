import { InvalidDataException } from '../errors';
import { RECORD_SEPARATOR_TEXT } from './framing';
import type { HubProtocol, InvocationBinder } from './hub-protocol';
import { JsonEnvelope } from './json-envelope';
import {
  type BindingFailureMessage,
  type CompletionMessage,
  type HubMessage,
  type InvocationMessage,
  MessageType,
  type ServerMessage,
  type StreamInvocationMessage,
} from './messages';

const plainId = /^[\w-]*$/;
const noParameters: readonly never[] = [];

/** The JSON encoding. Parsing makes objects only of what a method wants parsed. HubProtocol: JSON Encoding. */
export class JsonProtocol implements HubProtocol {
  readonly name = 'json';
  readonly version = 2;
  readonly #envelope = new JsonEnvelope();

  parse(bytes: Buffer, start: number, end: number, binder: InvocationBinder): HubMessage | undefined {
    const envelope = this.#envelope;
    envelope.read(bytes, start, end, binder);
    const messageEnd = envelope.scanner.position;
    const message = this.#message(envelope, binder);
    envelope.readEnd(messageEnd);
    return message;
  }

  write(message: ServerMessage): string {
    switch (message.type) {
      case MessageType.Completion:
        return writeCompletion(message);
      case MessageType.Invocation:
        return writeInvocation(message);
      case MessageType.Ping:
        return ping;
      case MessageType.Close: {
        const error = message.error === undefined ? '' : `,"error":${JSON.stringify(message.error)}`;
        const reconnect = message.allowReconnect === true ? ',"allowReconnect":true' : '';
        return `{"type":7${error}${reconnect}}${RECORD_SEPARATOR_TEXT}`;
      }
    }
  }

  #message(envelope: JsonEnvelope, binder: InvocationBinder): HubMessage | undefined {
    const { type } = envelope;
    switch (type) {
      case undefined:
        throw missing('type');
      case MessageType.Invocation:
      case MessageType.StreamInvocation:
        return this.#invocation(type, envelope, binder);
      case MessageType.StreamItem:
        if (envelope.item === undefined) throw missing(envelope.invocationId === undefined ? 'invocationId' : 'item');
        return { type, headers: envelope.headers, invocationId: requiredId(envelope), item: envelope.item };
      case MessageType.Completion:
        return completion(envelope);
      case MessageType.CancelInvocation:
        return { type, headers: envelope.headers, invocationId: requiredId(envelope) };
      case MessageType.Ping:
        return { type };
      case MessageType.Close:
        return { type, error: envelope.error, allowReconnect: envelope.allowReconnect };
      case MessageType.Ack:
      case MessageType.Sequence:
        if (envelope.sequenceId === undefined) throw missing('sequenceId');
        return { type, sequenceId: envelope.sequenceId };
      default:
        // HubProtocol: unknown types are skipped, so that later versions can add some.
        return undefined;
    }
  }

  #invocation(
    type: typeof MessageType.Invocation | typeof MessageType.StreamInvocation,
    envelope: JsonEnvelope,
    binder: InvocationBinder,
  ): InvocationMessage | StreamInvocationMessage | BindingFailureMessage {
    const { headers, target, streamIds, scanner } = envelope;
    if (target === undefined || target === '') throw missing('target');
    if (!envelope.hasArguments) throw missing('arguments');
    // HubProtocol: an empty id is none.
    const invocationId = envelope.invocationId === '' ? undefined : envelope.invocationId;
    if (type === MessageType.StreamInvocation && invocationId === undefined) throw missing('invocationId');
    const kinds = binder.parameterKinds(target);
    if (kinds === undefined) {
      envelope.arguments.check(noParameters, scanner);
      return { type: MessageType.BindingFailure, invocationId, target, error: undefined };
    }
    const values = envelope.arguments.bind(kinds, scanner);
    if (values instanceof InvalidDataException) {
      return { type: MessageType.BindingFailure, invocationId, target, error: values };
    }
    if (type === MessageType.Invocation) return { type, headers, invocationId, target, arguments: values, streamIds };
    return { type, headers, invocationId: requiredId(envelope), target, arguments: values, streamIds };
  }
}

const ping = `{"type":6}${RECORD_SEPARATOR_TEXT}`;

function completion(envelope: JsonEnvelope): CompletionMessage {
  const { headers, error, result } = envelope;
  const invocationId = requiredId(envelope);
  // Clients that write every property send a null result beside an error.
  if (error !== undefined && result !== undefined && result !== null) {
    throw new InvalidDataException("The 'error' and 'result' properties are mutually exclusive.");
  }
  if (error !== undefined) return { type: MessageType.Completion, headers, invocationId, error };
  return { type: MessageType.Completion, headers, invocationId, result };
}

function requiredId({ invocationId }: JsonEnvelope): string {
  if (invocationId === undefined || invocationId === '') throw missing('invocationId');
  return invocationId;
}

function missing(name: string): InvalidDataException {
  return new InvalidDataException(`Missing required property '${name}'.`);
}

function writeCompletion({ headers, invocationId, error, result }: CompletionMessage): string {
  const head = `{"type":3${writeHeaders(headers)},"invocationId":${quote(invocationId)}`;
  if (error !== undefined) return `${head},"error":${JSON.stringify(error)}}${RECORD_SEPARATOR_TEXT}`;
  if (result === undefined) return `${head}}${RECORD_SEPARATOR_TEXT}`;
  const text = result === null ? 'null' : encode(result);
  return `${head},"result":${text}}${RECORD_SEPARATOR_TEXT}`;
}

function writeInvocation({ headers, invocationId, target, arguments: values, streamIds }: InvocationMessage): string {
  const id = invocationId === undefined ? '' : `,"invocationId":${quote(invocationId)}`;
  const streams = streamIds === undefined ? '' : `,"streamIds":${JSON.stringify(streamIds)}`;
  const call = `"target":${JSON.stringify(target)},"arguments":${encode(values)}`;
  return `{"type":1${writeHeaders(headers)}${id},${call}${streams}}${RECORD_SEPARATOR_TEXT}`;
}

function writeHeaders(headers: InvocationMessage['headers']): string {
  return headers === undefined ? '' : `,"headers":${JSON.stringify(headers)}`;
}

function quote(id: string): string {
  return plainId.test(id) ? `"${id}"` : JSON.stringify(id);
}

function encode(value: unknown): string {
  const text: unknown = JSON.stringify(value);
  if (typeof text !== 'string') throw new TypeError(`A ${typeof value} has no JSON form.`);
  return text;
}
