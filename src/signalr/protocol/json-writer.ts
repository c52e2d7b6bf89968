import { stringifyExactly } from './exact-json-writer';
import {
  type CompletionMessage,
  type InvocationMessage,
  type MessageHeaders,
  MESSAGE_TYPE,
  type ServerMessage,
} from './hub-messages';
import { RawJson } from './raw-json';
import { RECORD_SEPARATOR_TEXT } from './record-framing';

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
      const error = message.error === undefined ? '' : `,"error":${JSON.stringify(message.error)}`;
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
  if (error !== undefined) return `${head(3, message)},"error":${JSON.stringify(error)}}${RECORD_SEPARATOR_TEXT}`;
  if (result === undefined) return `${head(3, message)}}${RECORD_SEPARATOR_TEXT}`;
  const text = result === null ? 'null' : encode(result);
  return `${head(3, message)},"result":${text}}${RECORD_SEPARATOR_TEXT}`;
}

function writeInvocation({ headers, invocationId, target, arguments: values, streamIds }: InvocationMessage): string {
  const id = invocationId === undefined ? '' : `,"invocationId":${quote(invocationId)}`;
  const streams = streamIds === undefined ? '' : `,"streamIds":${JSON.stringify(streamIds)}`;
  const call = `"target":${JSON.stringify(target)},"arguments":${encode(values)}`;
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

function encode(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  let text: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // It throws at a bigint and at a RawJson. A `toJSON` that was called before that place is called once more.
    text = stringifyExactly(value);
  }
  if (typeof text !== 'string') throw new TypeError(`a ${typeof value} has no JSON form`);
  return text;
}
