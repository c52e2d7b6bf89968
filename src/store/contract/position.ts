import { WriterHubError } from '../../errors';

const QUOTE = '"';

/**
 * A place in a topic, between its stored events: everything up to an event, or before the first one. An opaque text of
 * 1 to 512 printable ASCII characters without spaces, whose form is the store's own. It can be kept and used later,
 * also after the store was reopened. Only the store that gave it can compare or read it.
 */
export type Position = string;

/**
 * Where a reader begins: before everything that is kept, behind everything that is stored, at a position, or before
 * what was stored at a time or later (milliseconds since the Unix epoch, by the clock of the store). What was stored a
 * little earlier may be behind that too, as a store need not note the time of every event.
 */
export type StartPoint = 'earliest' | 'latest' | { readonly position: Position } | { readonly storedSince: number };

/** Whether a text has the form of a position. */
export function isPosition(text: string): boolean {
  return /^[\x21-\x7e]{1,512}$/.test(text);
}

/** The error for a position with which a store can do nothing; `why` follows the position as the end of a sentence. */
export function refusedPosition(position: Position, why: string): WriterHubError {
  return new WriterHubError('invalid_query', `${QUOTE}${position.slice(0, 100)}${QUOTE} ${why}`);
}

/** The same error, which also says what the caller gave the position as. Every other error as it is. */
export function namingPosition(error: unknown, name: string): unknown {
  if (!(error instanceof WriterHubError) || error.code !== 'invalid_query' || !error.message.startsWith(QUOTE)) {
    return error;
  }
  return new WriterHubError('invalid_query', `${name}=${error.message}`, { cause: error });
}
