import { inspect } from 'node:util';

/**
 * A failure whose text the caller may read: thrown by a hub method, its name and message reach the client even when
 * `detailedErrors` is off.
 */
export class HubException extends Error {
  override readonly name: string = 'HubException';
}

/** What a peer sent breaks a rule of the protocol; the connection cannot go on. */
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

/** A summary for the peer, followed by the error itself where the peer may know it. */
export function describeError(summary: string, error: unknown, detailed: boolean): string {
  const shown = detailed || error instanceof HubException || (error instanceof InvalidDataException && error.disclosed);
  if (!shown) return summary;
  return error instanceof Error ? `${summary} ${error.name}: ${error.message}` : `${summary} ${inspect(error)}`;
}
