import type { Framing } from './framing';
import type { HubMessage, ServerMessage } from './hub-messages';
import type { ProtocolName } from '../names';
import type { ValueKind } from './value-kinds';

/** What a transport can carry. TransportProtocols: transferFormats. */
export type TransferFormat = 'Text' | 'Binary';

/** The arguments of a method, without streams. */
export interface ParameterList {
  readonly kinds: readonly ValueKind[];
  /** The least number of arguments; the others may be left out from the end. */
  readonly required: number;
}

/** What a parser needs to know of a hub to read the arguments of an invocation. */
export interface InvocationBinder {
  /** The target of a message if its bytes are exactly those of a declared method: saves creating a string of them. */
  findTarget(bytes: Uint8Array, start: number, end: number): string | undefined;
  /** The parameters of a method, `undefined` when it does not exist. */
  parameters(target: string): ParameterList | undefined;
}

/** What a parser needs to know of a hub and of what is running on the connection. */
export interface MessageBinder extends InvocationBinder {
  /** The kind of the items of an upload stream, `undefined` when the stream does not exist. */
  itemKind(streamId: string): ValueKind | undefined;
  /** The kind of the result of a client's method, `undefined` when nobody is waiting for it. */
  resultKind(invocationId: string): ValueKind | undefined;
}

/** A message that is read in steps, because it takes long. */
export interface MessageSteps {
  /** The message, when it is complete; `undefined` for an unknown type. */
  readonly message: HubMessage | undefined;
  /** Goes on for about a millisecond. Returns whether it is complete. @throws InvalidDataException as `parse` does. */
  step(): boolean;
}

/** One encoding of hub messages. It keeps no state of a connection, so one object serves all. */
export interface HubProtocol {
  /** Its name in the handshake request. */
  readonly name: ProtocolName;
  /** The highest version that is spoken. */
  readonly version: number;
  readonly transferFormat: TransferFormat;
  readonly framing: Framing;
  /**
   * Reads one message, without its frame, from `bytes[start, end)`. Returns `undefined` for an unknown type. Raw values
   * are views of the bytes if those are JSON text.
   * @throws InvalidDataException when the message breaks the protocol.
   */
  parse(bytes: Buffer, start: number, end: number, binder: MessageBinder): HubMessage | undefined;
  /** As `parse`, but in steps, for a large message. */
  parseInSteps(bytes: Buffer, start: number, end: number, binder: MessageBinder): MessageSteps;
  /**
   * A message in its frame: a string if the transfer format is Text, else bytes.
   * @throws TypeError when a value in it has no encoding.
   */
  write(message: ServerMessage): string | Uint8Array;
}
