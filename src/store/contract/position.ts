/**
 * A place in a topic, between its stored events: everything up to an event, or before the first one. An opaque text of
 * 1 to 512 printable ASCII characters without spaces, whose form is the store's own. It can be kept and used later,
 * also after the store was reopened. Only the store that gave it can compare or read it.
 */
export type Position = string;

/** Whether a text has the form of a position. */
export function isPosition(text: string): boolean {
  return /^[\x21-\x7e]{1,512}$/.test(text);
}
