import type { Scopes } from '../auth/scopes';
import { WriterHubError } from '../errors';

const REASON = 'the token lacks the scope read:*, or any other read: for the topics that it names';

/** `*` stands for all topics that a token may read. Throws `forbidden` when it may read none. */
export function checkReadsSome({ mayReadSome }: Pick<Scopes, 'mayReadSome'>): void {
  if (!mayReadSome) throw new WriterHubError('forbidden', REASON, { scope: 'read:*' });
}
