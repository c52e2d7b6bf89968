import { inspect } from 'node:util';

/**
 * An error whose text the client may see: if a hub method throws it, its name and message reach the client even when
 * `detailedErrors` is off.
 */
export class HubException extends Error {
  override readonly name: string = 'HubException';
}

/** The peer takes longer than it may. */
export class TimeoutError extends Error {}

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
  return error instanceof Error ? `${summary} ${error.name}: ${error.message}` : `${summary} ${inspect(error)}`;
}
