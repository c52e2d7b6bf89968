import { WriterHubError } from '../errors';
import type { WaitFailure } from './semaphore';

/**
 * The error of a caller that got no place: `over_share` when its holder has its share of those who wait, else
 * `store_busy`. `what` waits, in the plural, such as "reads".
 */
export function waitRefusal(what: string, failure: WaitFailure): WriterHubError {
  if (failure === 'share') {
    return new WriterHubError('over_share', `as many ${what} of this token wait already as may; try again in a second`);
  }
  return new WriterHubError('store_busy', `too many ${what} wait; try again in a second`);
}
