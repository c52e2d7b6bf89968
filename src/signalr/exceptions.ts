import { inspect } from 'node:util';

/**
 * An error whose text the client may see: if a hub method throws it, its name and message reach the client even when
 * `detailedErrors` is off.
 */
export class HubException extends Error {
  declare readonly name: string;
}

/** The peer takes longer than it may. */
export class TimeoutError extends Error {}

// On the prototype, as of JavaScript's own errors: so a class that extends it can be told apart.
Object.defineProperty(HubException.prototype, 'name', { value: 'HubException', writable: true, configurable: true });

/** The peer has sent something that breaks the protocol; the connection cannot go on. */
export class InvalidDataException extends Error {
  override readonly name = 'InvalidDataException';

  constructor(
    message: string,
    /** Whether the peer is told this text even when `detailedErrors` is off. */
    readonly disclosed = false,
  ) {
    super(message);
  }
}

/** A summary for the peer, followed by the error itself if the peer may see it. */
export function describeError(summary: string, error: unknown, detailed: boolean): string {
  const shown = detailed || error instanceof HubException || (error instanceof InvalidDataException && error.disclosed);
  if (!shown) return summary;
  return error instanceof Error ? `${summary} ${typeName(error)}: ${error.message}` : `${summary} ${inspect(error)}`;
}

/** The name an error or its class was given; else, as in ASP.NET Core, the name of its class, not of one it extends. */
function typeName(error: Error): string {
  const prototype: unknown = Object.getPrototypeOf(error);
  const named = Object.hasOwn(error, 'name') || (isObject(prototype) && Object.hasOwn(prototype, 'name'));
  return named || error.constructor.name === '' ? error.name : error.constructor.name;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
