import { stringifyExactly } from './exact-json-writer';
import {
  type CompletionMessage,
  type InvocationMessage,
  type MessageHeaders,
  MESSAGE_TYPE,
  type ServerMessage,
} from './hub-messages';
import { isPlain } from './plain-value';
import { RawJson } from './raw-json';
import { RECORD_SEPARATOR_TEXT } from './record-framing';
import { located, UnwritableError } from './unwritable';
import { isWellFormed, toWellFormed } from './well-formed';

const PLAIN_ID = /^[\w-]*$/;
const PING = `{"type":6}${RECORD_SEPARATOR_TEXT}`;

/**
 * A message as JSON text with its separator; the order of its properties is that of ASP.NET Core.
 * @throws TypeError when a value in it has no JSON form.
 */
export function writeJson(message: ServerMessage): string {
  switch (message.type) {
    case MESSAGE_TYPE.Completion:
      return writeCompletion(message);
    case MESSAGE_TYPE.Invocation:
      return writeInvocation(message);
    case MESSAGE_TYPE.StreamItem:
      return `${head(2, message)},"item":${encode(message.item)}}${RECORD_SEPARATOR_TEXT}`;
    case MESSAGE_TYPE.CancelInvocation:
      return `${head(5, message)}}${RECORD_SEPARATOR_TEXT}`;
    case MESSAGE_TYPE.Ping:
      return PING;
    case MESSAGE_TYPE.Close: {
      const error = message.error === undefined ? '' : `,"error":${quoteText(message.error)}`;
      const reconnect = message.allowReconnect === true ? ',"allowReconnect":true' : '';
      return `{"type":7${error}${reconnect}}${RECORD_SEPARATOR_TEXT}`;
    }
    case MESSAGE_TYPE.Ack:
    case MESSAGE_TYPE.Sequence:
      return `{"type":${message.type},"sequenceId":${message.sequenceId}}${RECORD_SEPARATOR_TEXT}`;
  }
}

function writeCompletion(message: CompletionMessage): string {
  const { error, result } = message;
  if (error !== undefined) return `${head(3, message)},"error":${quoteText(error)}}${RECORD_SEPARATOR_TEXT}`;
  if (result === undefined) return `${head(3, message)}}${RECORD_SEPARATOR_TEXT}`;
  const text = result === null ? 'null' : encode(result);
  return `${head(3, message)},"result":${text}}${RECORD_SEPARATOR_TEXT}`;
}

function writeInvocation({ headers, invocationId, target, arguments: values, streamIds }: InvocationMessage): string {
  const id = invocationId === undefined ? '' : `,"invocationId":${quote(invocationId)}`;
  const streams = streamIds === undefined ? '' : `,"streamIds":${JSON.stringify(streamIds)}`;
  if (!isWellFormed(target)) throw new UnwritableError('the name of a method has a lone surrogate');
  const call = `"target":${JSON.stringify(target)},"arguments":${encodeArguments(values)}`;
  return `{"type":1${writeHeaders(headers)}${id},${call}${streams}}${RECORD_SEPARATOR_TEXT}`;
}

/** The beginning of a message, up to its invocation id. */
function head(type: number, { headers, invocationId }: Pick<CompletionMessage, 'headers' | 'invocationId'>): string {
  return `{"type":${type}${writeHeaders(headers)},"invocationId":${quote(invocationId)}`;
}

function writeHeaders(headers: MessageHeaders | undefined): string {
  return headers === undefined ? '' : `,"headers":${JSON.stringify(headers)}`;
}

function quote(id: string): string {
  return PLAIN_ID.test(id) ? `"${id}"` : JSON.stringify(id);
}

/** A text for people: a lone surrogate, which clients refuse, is replaced. */
function quoteText(text: string): string {
  return JSON.stringify(toWellFormed(text));
}

/** Arguments that are undefined are sent as null, as results and items are. */
function encodeArguments(values: readonly unknown[]): string {
  if (isPlain(values)) return JSON.stringify(values);
  return `[${values.map((value, index) => encodeArgument(value, index)).join(',')}]`;
}

function encodeArgument(value: unknown, index: number): string {
  try {
    return value === undefined ? 'null' : encode(value);
  } catch (error) {
    throw located(error, index);
  }
}

function encode(value: unknown): string {
  if (isPlain(value)) return JSON.stringify(value);
  return value instanceof RawJson ? value.text : stringifyExactly(value);
}
