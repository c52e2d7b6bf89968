import type { HubMessage, ServerMessage } from './messages';

/**
 * How an argument is handed to a method: `json` as the parsed value, `rawJson` as the exact bytes it was sent as,
 * the others as a value of that type, which the client must have sent.
 */
export type ParameterKind = 'json' | 'rawJson' | 'string' | 'number' | 'boolean';

/** What a parser must know of a hub to read the arguments of an invocation. */
export interface InvocationBinder {
  /** The target a message names, when its bytes are exactly those of a declared method: spares making a string of them. */
  findTarget(bytes: Uint8Array, start: number, end: number): string | undefined;
  /** The parameters of a method, or `undefined` when there is no such method. */
  parameterKinds(target: string): readonly ParameterKind[] | undefined;
}

/** One encoding of hub messages; it keeps no state of a connection, so one object serves all. */
export interface HubProtocol {
  /** As the handshake request names it. */
  readonly name: string;
  /** The highest version spoken. */
  readonly version: number;
  /**
   * Reads one message, without its frame, from `bytes[start, end)`. `undefined` for a type that is not known.
   * @throws InvalidDataException when it breaks the protocol.
   */
  parse(bytes: Buffer, start: number, end: number, binder: InvocationBinder): HubMessage | undefined;
  /** A message in its frame. @throws TypeError when a value in it has no encoding. */
  write(message: ServerMessage): string;
}
