/**
 * A stream that is made and removed at once, as a topic without streams can be made in no other way. It may be left of
 * a move that was killed.
 */
export const PLACEHOLDER = 'writer-hub-export';
