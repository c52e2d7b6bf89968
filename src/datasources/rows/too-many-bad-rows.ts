import { WriterHubError } from '../../errors';

/** How many rows of a body may be quarantined where nothing else is said. */
export const MOST_BAD_ROWS = 100_000;

/** The refusal of a body of which more rows than that do not fit; `first` is what is wrong with the first of them. */
export function tooManyBadRows(most: number, first?: { readonly row: number; readonly error: string }): WriterHubError {
  const example = first === undefined ? '' : `; row ${first.row}: ${first.error}`;
  return new WriterHubError(
    'message_too_large',
    `more than ${most} rows do not fit, and no more of one request may be quarantined (max-quarantined-rows); nothing is stored${example}`,
  );
}
