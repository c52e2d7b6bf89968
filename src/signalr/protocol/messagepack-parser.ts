import { InvalidDataException } from '../exceptions';
import type { MessageBinder, ParameterList } from './hub-protocol';
import {
  type BindingFailureMessage,
  type CompletionMessage,
  type HubMessage,
  type InvocationMessage,
  type MessageHeaders,
  MESSAGE_TYPE,
  type StreamBindingFailureMessage,
  type StreamInvocationMessage,
  type StreamItemMessage,
} from './hub-messages';
import { type PreparedTexts, SMALL_VALUE } from './messagepack-steps';
import { MessagePackTranscoder } from './messagepack-json';
import { MessagePackReader, TOKEN } from './messagepack-reader';
import { readScalar } from './messagepack-scalars';
import { malformedMessagePack, readValue } from './messagepack-value';
import { ValueTooLargeException, wrongArgument, wrongCount, wrongResult, wrongValue } from './value-binding';
import type { ValueKind } from './value-kinds';

/** How a completion ends an invocation. HubProtocol: MessagePack, Completion Message Encoding. */
export const RESULT_KIND = { Error: 1, Void: 2, Value: 3 } as const;

/** How many arrays and maps a value is in: the message, and in an invocation the array of arguments. */
const IN_MESSAGE = 1;
const IN_ARGUMENTS = 2;

/** The number of items in invocations of clients from before upload streams, which send no `streamIds`. */
const ITEMS_WITHOUT_STREAMS = 5;
/** The number of items in Close messages without `allowReconnect`. */
const ITEMS_WITHOUT_RECONNECT = 2;

/** What an invocation hands to its method. */
type BoundArguments = Pick<InvocationMessage, 'arguments' | 'streamIds'>;

/**
 * Reads messages in MessagePack, field by field in their order. Items behind the last known field belong to later
 * versions and are ignored. HubProtocol: MessagePack (MsgPack) encoding.
 */
export class MessagePackParser {
  readonly #reader = new MessagePackReader();
  readonly #transcoder = new MessagePackTranscoder(this.#reader);
  readonly #maximumParsedSize: number;
  /** The texts of large raw values, while a message is read in steps. */
  #texts: PreparedTexts | undefined;

  /** Greater values than this are not parsed. */
  constructor(maximumParsedSize = Infinity) {
    this.#maximumParsedSize = maximumParsedSize;
  }

  /** Reads the message in `bytes[start, end)`. Returns `undefined` for an unknown type. @throws InvalidDataException */
  parse(bytes: Buffer, start: number, end: number, binder: MessageBinder): HubMessage | undefined {
    this.#reader.reset(bytes, start, end);
    const count = this.#count(TOKEN.Array, 'array', 'message');
    const type = this.#integer('messageType', -0x8000_0000, 0x7fff_ffff, 'Int32');
    switch (type) {
      case MESSAGE_TYPE.Invocation:
        return this.#invocation(count, binder);
      case MESSAGE_TYPE.StreamInvocation:
        return this.#streamInvocation(count, binder);
      case MESSAGE_TYPE.StreamItem:
        return this.#streamItem(binder);
      case MESSAGE_TYPE.Completion:
        return this.#completion(binder);
      case MESSAGE_TYPE.CancelInvocation:
        return { type, headers: this.#headers(), invocationId: this.#requiredId('CancelInvocation') };
      case MESSAGE_TYPE.Ping:
        return { type };
      case MESSAGE_TYPE.Close: {
        const error = this.#nullableString('error');
        return { type, error, allowReconnect: count > ITEMS_WITHOUT_RECONNECT && this.#boolean('allowReconnect') };
      }
      case MESSAGE_TYPE.Ack:
      case MESSAGE_TYPE.Sequence:
        return { type, sequenceId: this.#integer('sequenceId', 0, Number.MAX_SAFE_INTEGER, 'Int64') };
      default:
        // HubProtocol: unknown types are skipped, so that later versions can add some.
        return undefined;
    }
  }

  /** Parses with the texts of large raw values that are there. @throws MissingText for one that is not. */
  parseWith<T>(texts: PreparedTexts, parse: () => T): T {
    this.#texts = texts;
    try {
      return parse();
    } finally {
      this.#texts = undefined;
    }
  }

  #invocation(count: number, binder: MessageBinder): InvocationMessage | BindingFailureMessage {
    const type = MESSAGE_TYPE.Invocation;
    const headers = this.#headers();
    const id = this.#nullableString('invocationId');
    // HubProtocol: an empty id counts as none.
    const invocationId = id === '' ? undefined : id;
    const target = this.#target('Invocation', binder);
    const bound = this.#arguments(target, count, binder);
    if (!isBound(bound)) return { type: MESSAGE_TYPE.BindingFailure, invocationId, target, error: bound };
    return { type, headers, invocationId, target, arguments: bound.arguments, streamIds: bound.streamIds };
  }

  #streamInvocation(count: number, binder: MessageBinder): StreamInvocationMessage | BindingFailureMessage {
    const type = MESSAGE_TYPE.StreamInvocation;
    const headers = this.#headers();
    const invocationId = this.#requiredId('StreamInvocation');
    const target = this.#target('StreamInvocation', binder);
    const bound = this.#arguments(target, count, binder);
    if (!isBound(bound)) return { type: MESSAGE_TYPE.BindingFailure, invocationId, target, error: bound };
    return { type, headers, invocationId, target, arguments: bound.arguments, streamIds: bound.streamIds };
  }

  #streamItem(binder: MessageBinder): StreamItemMessage | StreamBindingFailureMessage {
    const headers = this.#headers();
    const invocationId = this.#requiredId('StreamItem');
    const kind = binder.itemKind(invocationId);
    if (kind === undefined) return { type: MESSAGE_TYPE.StreamItem, headers, invocationId, item: undefined };
    const item = this.#field(kind, 'item');
    if (item.error !== undefined) {
      return { type: MESSAGE_TYPE.StreamBindingFailure, invocationId, error: item.error };
    }
    return { type: MESSAGE_TYPE.StreamItem, headers, invocationId, item: item.value };
  }

  #completion(binder: MessageBinder): CompletionMessage {
    const type = MESSAGE_TYPE.Completion;
    const headers = this.#headers();
    const invocationId = this.#requiredId('Completion');
    const resultKind = this.#integer('resultKind', -0x8000_0000, 0x7fff_ffff, 'Int32');
    switch (resultKind) {
      case RESULT_KIND.Error:
        // An error without text is still an error.
        return { type, headers, invocationId, error: this.#nullableString('error') ?? '' };
      case RESULT_KIND.Void:
        return { type, headers, invocationId };
      case RESULT_KIND.Value: {
        const kind = binder.resultKind(invocationId);
        if (kind === undefined) {
          // What nobody waits for is not worth reading if it is large; its frame says where it ends.
          const small = this.#reader.isWithin(this.#maximumParsedSize);
          if (small && !this.#reader.skip()) throw malformedMessagePack();
          return { type, headers, invocationId };
        }
        const result = this.#field(kind, 'argument');
        if (result.error === undefined) return { type, headers, invocationId, result: result.value };
        return { type, headers, invocationId, error: wrongResult(kind, result.error) };
      }
      default:
        throw new InvalidDataException('Invalid invocation result kind.');
    }
  }

  /** The values of an invocation, why they do not fit, or `undefined` when the method does not exist. */
  #arguments(target: string, count: number, binder: MessageBinder): BoundArguments | InvalidDataException | undefined {
    const parameters = binder.parameters(target);
    if (parameters === undefined) return undefined;
    let values: unknown[];
    try {
      values = this.#bind(parameters);
      if (count > ITEMS_WITHOUT_STREAMS) this.#checkSize("'streamIds'");
    } catch (error) {
      // Wrong arguments cannot harm other messages: the frame says where they end.
      if (error instanceof InvalidDataException) return error;
      throw error;
    }
    return { arguments: values, streamIds: this.#streamIds(count) };
  }

  /** @throws ValueTooLargeException when the value at the reader's position is too large to be parsed. */
  #checkSize(what: string): void {
    if (this.#reader.isWithin(this.#maximumParsedSize)) return;
    throw new ValueTooLargeException(what, this.#maximumParsedSize);
  }

  #bind({ kinds, required }: ParameterList): unknown[] {
    const count = this.#count(TOKEN.Array, 'array', 'arguments');
    if (count > kinds.length || count < required) throw wrongCount(count, kinds.length, required);
    const values: unknown[] = [];
    for (let i = 0; i < count; i++) {
      try {
        if (kinds[i] !== 'rawJson' && !this.#reader.isWithin(this.#maximumParsedSize)) {
          throw new ValueTooLargeException(`argument ${i + 1}`, this.#maximumParsedSize);
        }
        values.push(this.#read(kinds[i]!, IN_ARGUMENTS));
      } catch (error) {
        if (error instanceof ValueTooLargeException || !(error instanceof InvalidDataException)) throw error;
        if (error.disclosed) throw new InvalidDataException(`argument ${i + 1}: ${error.message}`, true);
        throw wrongArgument(i, kinds[i]!);
      }
    }
    return values;
  }

  /** A value outside of the arguments, or why it is not of its kind. */
  #field(kind: ValueKind, name: string): { readonly value?: unknown; readonly error?: InvalidDataException } {
    try {
      if (kind !== 'rawJson') this.#checkSize(name === 'item' ? "'item'" : "'argument'");
      return { value: this.#read(kind, IN_MESSAGE) };
    } catch (error) {
      if (!(error instanceof InvalidDataException)) throw error;
      return { error: error.disclosed ? error : wrongValue(kind, name) };
    }
  }

  #read(kind: ValueKind, depth: number): unknown {
    if (kind === 'json') return readValue(this.#reader, depth);
    return kind === 'rawJson' ? this.#raw(depth) : readScalar(kind, this.#reader);
  }

  #raw(depth: number): Buffer {
    const texts = this.#texts;
    if (texts === undefined || this.#reader.isWithin(SMALL_VALUE)) return this.#transcoder.transcode(depth);
    return texts.take(this.#reader, depth);
  }

  #headers(): MessageHeaders | undefined {
    this.#checkSize("'headers'");
    const count = this.#count(TOKEN.Map, 'map', 'headers');
    if (count === 0) return undefined;
    const headers: [name: string, value: string][] = [];
    for (let i = 0; i < count; i++) {
      const name = this.#nullableString(`headers[${i}].Key`);
      if (name === undefined || name === '') throw new InvalidDataException('Null or empty key in header.');
      const value = this.#nullableString(`headers[${i}].Value`);
      if (value === undefined || value === '') throw new InvalidDataException('Null or empty value in header.');
      headers.push([name, value]);
    }
    return Object.fromEntries(headers);
  }

  #target(message: string, binder: MessageBinder): string {
    const reader = this.#reader;
    const token = reader.next();
    if (token === TOKEN.String) {
      const known = binder.findTarget(reader.bytes, reader.start, reader.position);
      if (known !== undefined) return known;
    }
    return this.#required(this.#stringOf(token, 'target'), `target for ${message} message`);
  }

  #streamIds(count: number): readonly string[] | undefined {
    if (count <= ITEMS_WITHOUT_STREAMS) return undefined;
    const streams = this.#count(TOKEN.Array, 'array', 'streamIds');
    if (streams === 0) return undefined;
    const ids: string[] = [];
    for (let i = 0; i < streams; i++) {
      ids.push(this.#required(this.#nullableString('streamIds'), 'value in streamIds received'));
    }
    return ids;
  }

  #requiredId(message: string): string {
    return this.#required(this.#nullableString('invocationId'), `invocation ID for ${message} message`);
  }

  #required(text: string | undefined, what: string): string {
    if (text === undefined || text === '') throw new InvalidDataException(`Null or empty ${what}.`);
    return text;
  }

  #nullableString(name: string): string | undefined {
    return this.#stringOf(this.#reader.next(), name);
  }

  #stringOf(token: TOKEN, name: string): string | undefined {
    if (token === TOKEN.Nil) return undefined;
    if (token === TOKEN.String && this.#reader.length > this.#maximumParsedSize) {
      throw new ValueTooLargeException(`'${name}'`, this.#maximumParsedSize);
    }
    const text = token === TOKEN.String ? this.#reader.text() : undefined;
    if (text === undefined) throw new InvalidDataException(`Reading '${name}' as String failed.`);
    return text;
  }

  #integer(name: string, least: number, greatest: number, type: string): number {
    const token = this.#reader.next();
    const { integer } = this.#reader;
    if (token === TOKEN.Integer && integer >= least && integer <= greatest) return integer;
    throw new InvalidDataException(`Reading '${name}' as ${type} failed.`);
  }

  #boolean(name: string): boolean {
    if (this.#reader.next() === TOKEN.Boolean) return this.#reader.boolean;
    throw new InvalidDataException(`Reading '${name}' as Boolean failed.`);
  }

  #count(expected: TOKEN, type: string, name: string): number {
    if (this.#reader.next() === expected) return this.#reader.length;
    throw new InvalidDataException(`Reading ${type} length for '${name}' failed.`);
  }
}

function isBound(bound: BoundArguments | InvalidDataException | undefined): bound is BoundArguments {
  return bound !== undefined && !(bound instanceof InvalidDataException);
}
