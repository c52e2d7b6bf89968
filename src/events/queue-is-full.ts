import { WriterHubError } from '../errors';

/** The error of a write that finds no room before the disk. `forAll`: for anybody, or for its own subject alone. */
export function queueIsFull(forAll: boolean): WriterHubError {
  return forAll
    ? new WriterHubError('store_busy', 'the queue in front of the disk is full; try again in a second')
    : new WriterHubError('over_share', 'as many writes of this token wait for the disk as may; try again in a second');
}
