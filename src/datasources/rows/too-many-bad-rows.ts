import { WriterHubError } from '../../errors';

/** How many rows of a body may be quarantined by default. */
export const MOST_BAD_ROWS = 100_000;

/** The refusal of a body with more than `most` rows that do not fit; `first`: what is wrong with the first of them. */
export function tooManyBadRows(most: number, first?: { readonly row: number; readonly error: string }): WriterHubError {
  const example = first === undefined ? '' : `; row ${first.row}: ${first.error}`;
  const limit = 'no more of one request may be quarantined (max-quarantined-rows)';
  const message = `more than ${most} rows do not fit, and ${limit}; nothing is stored${example}`;
  return new WriterHubError('message_too_large', message);
}
