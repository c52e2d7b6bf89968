import type { Framing } from './framing';
import type { HubMessage, ServerMessage } from './hub-messages';

/**
 * How a value is handed over: `json` as the parsed value, `rawJson` as JSON text, the exact bytes it was sent as where it
 * was sent as such; the others as a value of that type, which the client must have sent.
 */
export type ValueKind = 'json' | 'rawJson' | 'string' | 'number' | 'boolean';

/** What a connection can carry. TransportProtocols: transferFormats. */
export type TransferFormat = 'Text' | 'Binary';

/** The arguments a method takes; streams are not among them. */
export interface ParameterList {
  readonly kinds: readonly ValueKind[];
  /** So many at least must be given; the others may be left out from the end. */
  readonly required: number;
}

/** What a parser must know of a hub to read the arguments of an invocation. */
export interface InvocationBinder {
  /** The target a message names, when its bytes are exactly those of a declared method: spares making a string of them. */
  findTarget(bytes: Uint8Array, start: number, end: number): string | undefined;
  /** The parameters of a method, or `undefined` when there is no such method. */
  parameters(target: string): ParameterList | undefined;
}

/** What a parser must know of a hub and of what runs on the connection. */
export interface MessageBinder extends InvocationBinder {
  /** What the items of an upload stream are to be, or `undefined` when there is no such stream. */
  itemKind(streamId: string): ValueKind | undefined;
  /** What the result of an invocation of the client is to be, or `undefined` when nobody waits for it. */
  resultKind(invocationId: string): ValueKind | undefined;
}

/** One encoding of hub messages; it keeps no state of a connection, so one object serves all. */
export interface HubProtocol {
  /** As the handshake request names it. */
  readonly name: string;
  /** The highest version spoken. */
  readonly version: number;
  readonly transferFormat: TransferFormat;
  readonly framing: Framing;
  /**
   * Reads one message, without its frame, from `bytes[start, end)`. `undefined` for a type that is not known. Raw values are
   * views of the bytes where those are JSON text.
   * @throws InvalidDataException when it breaks the protocol.
   */
  parse(bytes: Buffer, start: number, end: number, binder: MessageBinder): HubMessage | undefined;
  /** A message in its frame: text if the transfer format is Text, else bytes. @throws TypeError when a value in it has no encoding. */
  write(message: ServerMessage): string | Uint8Array;
}
