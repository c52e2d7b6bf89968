import type { InvalidDataException } from '../exceptions';

/** Message numbers on the wire. HubProtocol: Message types. */
export const MESSAGE_TYPE = {
  /** Not on the wire: an item of an upload stream that is not what the stream takes. */
  StreamBindingFailure: -1,
  /** Not on the wire: an invocation whose arguments do not fit its method. */
  BindingFailure: 0,
  Invocation: 1,
  StreamItem: 2,
  Completion: 3,
  StreamInvocation: 4,
  CancelInvocation: 5,
  Ping: 6,
  Close: 7,
  Ack: 8,
  Sequence: 9,
} as const;

/** Text pairs a peer may attach to a message. */
export type MessageHeaders = Readonly<Record<string, string>>;

/** Call of a method, either way. Without an `invocationId` no answer of any kind is wanted. */
export interface InvocationMessage {
  readonly type: typeof MESSAGE_TYPE.Invocation;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId?: string | undefined;
  readonly target: string;
  readonly arguments: readonly unknown[];
  readonly streamIds?: readonly string[] | undefined;
}

/** Call of a method that answers with a stream, client to server. */
export interface StreamInvocationMessage {
  readonly type: typeof MESSAGE_TYPE.StreamInvocation;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
  readonly target: string;
  readonly arguments: readonly unknown[];
  readonly streamIds?: readonly string[] | undefined;
}

/** What the parser makes of an invocation that names no known method or whose arguments do not fit; only this call fails. */
export interface BindingFailureMessage {
  readonly type: typeof MESSAGE_TYPE.BindingFailure;
  readonly invocationId: string | undefined;
  readonly target: string;
  /** Why; `undefined` when there is no such method. */
  readonly error: InvalidDataException | undefined;
}

/** What the parser makes of an item that is not what its stream takes; only this stream fails. */
export interface StreamBindingFailureMessage {
  readonly type: typeof MESSAGE_TYPE.StreamBindingFailure;
  /** The stream. */
  readonly invocationId: string;
  readonly error: InvalidDataException;
}

/** One item of a stream, either way. For a stream that the binder does not know, `item` is of no account. */
export interface StreamItemMessage {
  readonly type: typeof MESSAGE_TYPE.StreamItem;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
  readonly item: unknown;
}

/**
 * End of an invocation or a stream, either way: with an error, with a result (`null` is one), or with neither. A result that
 * nobody waits for is of no account; one that is not what is waited for has become an error.
 */
export interface CompletionMessage {
  readonly type: typeof MESSAGE_TYPE.Completion;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
  readonly error?: string | undefined;
  readonly result?: unknown;
}

/** Wish that a stream or invocation end, either way. */
export interface CancelInvocationMessage {
  readonly type: typeof MESSAGE_TYPE.CancelInvocation;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
}

/** Sign of life, either way. */
export interface PingMessage {
  readonly type: typeof MESSAGE_TYPE.Ping;
}

/** Last message of a connection, either way. */
export interface CloseMessage {
  readonly type: typeof MESSAGE_TYPE.Close;
  readonly error?: string | undefined;
  /** Whether an automatic reconnect may be tried; server to client only. */
  readonly allowReconnect?: boolean | undefined;
}

/** Receipt of all counted messages up to this one, either way. HubProtocol: Stateful Reconnect. */
export interface AckMessage {
  readonly type: typeof MESSAGE_TYPE.Ack;
  readonly sequenceId: number;
}

/** Which number the next counted message has after a reconnect, either way. HubProtocol: Stateful Reconnect. */
export interface SequenceMessage {
  readonly type: typeof MESSAGE_TYPE.Sequence;
  readonly sequenceId: number;
}

/** Everything a parser can find in what a client sends. */
export type HubMessage =
  | InvocationMessage
  | StreamInvocationMessage
  | BindingFailureMessage
  | StreamBindingFailureMessage
  | StreamItemMessage
  | CompletionMessage
  | CancelInvocationMessage
  | PingMessage
  | CloseMessage
  | AckMessage
  | SequenceMessage;

/** Everything a server writes. */
export type ServerMessage =
  | InvocationMessage
  | StreamItemMessage
  | CompletionMessage
  | CancelInvocationMessage
  | PingMessage
  | CloseMessage
  | AckMessage
  | SequenceMessage;
