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
