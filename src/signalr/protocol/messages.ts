import type { InvalidDataException } from '../errors';

/** Message numbers on the wire. HubProtocol: Message types. */
export const MessageType = {
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
  readonly type: typeof MessageType.Invocation;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId?: string | undefined;
  readonly target: string;
  readonly arguments: readonly unknown[];
  readonly streamIds?: readonly string[] | undefined;
}

/** Call of a method that answers with a stream, client to server. */
export interface StreamInvocationMessage {
  readonly type: typeof MessageType.StreamInvocation;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
  readonly target: string;
  readonly arguments: readonly unknown[];
  readonly streamIds?: readonly string[] | undefined;
}

/** What the parser makes of an invocation that names no known method or whose arguments do not fit; only this call fails. */
export interface BindingFailureMessage {
  readonly type: typeof MessageType.BindingFailure;
  readonly invocationId: string | undefined;
  readonly target: string;
  /** Why; `undefined` when there is no such method. */
  readonly error: InvalidDataException | undefined;
}

/** One item of a stream, either way. */
export interface StreamItemMessage {
  readonly type: typeof MessageType.StreamItem;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
  readonly item: unknown;
}

/** End of an invocation or a stream, either way: with an error, with a result (`null` is one), or with neither. */
export interface CompletionMessage {
  readonly type: typeof MessageType.Completion;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
  readonly error?: string | undefined;
  readonly result?: unknown;
}

/** Wish that a stream or invocation end, client to server. */
export interface CancelInvocationMessage {
  readonly type: typeof MessageType.CancelInvocation;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
}

/** Sign of life, either way. */
export interface PingMessage {
  readonly type: typeof MessageType.Ping;
}

/** Last message of a connection, either way. */
export interface CloseMessage {
  readonly type: typeof MessageType.Close;
  readonly error?: string | undefined;
  /** Whether an automatic reconnect may be tried; server to client only. */
  readonly allowReconnect?: boolean | undefined;
}

/** Receipt of messages, of the stateful reconnect that is not offered. */
export interface AckMessage {
  readonly type: typeof MessageType.Ack;
  readonly sequenceId: number;
}

/** Where numbering goes on after a reconnect, of the stateful reconnect that is not offered. */
export interface SequenceMessage {
  readonly type: typeof MessageType.Sequence;
  readonly sequenceId: number;
}

/** Everything a parser can find in what a client sends. */
export type HubMessage =
  | InvocationMessage
  | StreamInvocationMessage
  | BindingFailureMessage
  | StreamItemMessage
  | CompletionMessage
  | CancelInvocationMessage
  | PingMessage
  | CloseMessage
  | AckMessage
  | SequenceMessage;

/** Everything a server writes. */
export type ServerMessage = InvocationMessage | CompletionMessage | PingMessage | CloseMessage;
