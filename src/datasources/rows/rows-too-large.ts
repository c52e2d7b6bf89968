import { WriterHubError } from '../../errors';

/** The refusal of a body whose rows, written with all their columns, would take more than `limit` bytes. */
export function rowsTooLarge(limit: number): WriterHubError {
  const megabytes = Math.round(limit / 1024 / 1024);
  const reason = `with all their columns the rows take more than ${megabytes} MiB; send fewer of them at once`;
  return new WriterHubError('message_too_large', reason);
}
