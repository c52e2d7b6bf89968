import type { InvalidDataException } from '../exceptions';

/** Message numbers on the wire. HubProtocol: Message types. */
export const MESSAGE_TYPE = {
  /** Not on the wire: an item that does not fit its upload stream. */
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

/** Text pairs that may be attached to a message. */
export type MessageHeaders = Readonly<Record<string, string>>;

/** Invokes a method, in either direction. Without an `invocationId` there is no completion. */
export interface InvocationMessage {
  readonly type: typeof MESSAGE_TYPE.Invocation;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId?: string | undefined;
  readonly target: string;
  readonly arguments: readonly unknown[];
  readonly streamIds?: readonly string[] | undefined;
}

/** Invokes a method that returns a stream, client to server. */
export interface StreamInvocationMessage {
  readonly type: typeof MESSAGE_TYPE.StreamInvocation;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
  readonly target: string;
  readonly arguments: readonly unknown[];
  readonly streamIds?: readonly string[] | undefined;
}

/**
 * The parser's result for an invocation of an unknown method or with arguments that do not fit; only this call fails.
 */
export interface BindingFailureMessage {
  readonly type: typeof MESSAGE_TYPE.BindingFailure;
  readonly invocationId: string | undefined;
  readonly target: string;
  /** Why the arguments do not fit; `undefined` when the method does not exist. */
  readonly error: InvalidDataException | undefined;
}

/** The parser's result for an item that does not fit its stream; only this stream fails. */
export interface StreamBindingFailureMessage {
  readonly type: typeof MESSAGE_TYPE.StreamBindingFailure;
  /** The id of the stream. */
  readonly invocationId: string;
  readonly error: InvalidDataException;
}

/** One item of a stream, in either direction. If the binder does not know the stream, `item` is meaningless. */
export interface StreamItemMessage {
  readonly type: typeof MESSAGE_TYPE.StreamItem;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
  readonly item: unknown;
}

/**
 * Ends an invocation or a stream, in either direction: with an error, with a result (`null` is one), or with neither. A
 * result that nobody is waiting for is meaningless; one of the wrong kind has become an error.
 */
export interface CompletionMessage {
  readonly type: typeof MESSAGE_TYPE.Completion;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
  readonly error?: string | undefined;
  readonly result?: unknown;
}

/** Asks for the end of a stream or invocation, in either direction. */
export interface CancelInvocationMessage {
  readonly type: typeof MESSAGE_TYPE.CancelInvocation;
  readonly headers?: MessageHeaders | undefined;
  readonly invocationId: string;
}

/** Shows that the sender is alive, in either direction. */
export interface PingMessage {
  readonly type: typeof MESSAGE_TYPE.Ping;
}

/** The last message of a connection, in either direction. */
export interface CloseMessage {
  readonly type: typeof MESSAGE_TYPE.Close;
  readonly error?: string | undefined;
  /** Whether the client may reconnect automatically; server to client only. */
  readonly allowReconnect?: boolean | undefined;
}

/** Acknowledges all counted messages up to this one, in either direction. HubProtocol: Stateful Reconnect. */
export interface AckMessage {
  readonly type: typeof MESSAGE_TYPE.Ack;
  readonly sequenceId: number;
}

/** The number of the next counted message after a reconnect, in either direction. HubProtocol: Stateful Reconnect. */
export interface SequenceMessage {
  readonly type: typeof MESSAGE_TYPE.Sequence;
  readonly sequenceId: number;
}

/** Every message that a parser can find in what a client sends. */
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

/** Every message that a server writes. */
export type ServerMessage =
  | InvocationMessage
  | StreamItemMessage
  | CompletionMessage
  | CancelInvocationMessage
  | PingMessage
  | CloseMessage
  | AckMessage
  | SequenceMessage;
