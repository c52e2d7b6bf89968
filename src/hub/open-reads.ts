import type { Principal } from '../auth/principal';
import type { FeedRecord } from '../feed/feed-record';
import type { Followers } from '../limits/followers';
import type { HeldBytes } from '../limits/held-bytes';
import type { Turns } from '../limits/turns';
import type { HubContext } from '../signalr';
import { EventReads, type OpenRead } from './event-reads';
import type { HubCallers } from './hub-callers';
import type { HubErrors } from './hub-errors';

/** What reads at the hub need, whatever they read. */
export interface OpenReadsParts {
  readonly followers: Followers;
  readonly held: HeldBytes;
  readonly callers: HubCallers;
  readonly turns: Turns;
}

/**
 * Takes a place for each read, and has `check` look at the rights for as long as they last: it throws when a principal
 * may not read. Throws as that and `Followers.take` do.
 */
export function openReads<R extends FeedRecord>(
  { followers, held, callers, turns }: OpenReadsParts,
  { principal, connectionId, signal }: HubContext<Principal>,
  { reads, check }: { readonly reads: readonly OpenRead<R>[]; readonly check: (principal: Principal) => void },
  errors: HubErrors,
): EventReads<R> {
  const { holder } = principal;
  check(principal);
  const ends: (() => void)[] = [];
  const end = (): void => {
    for (const each of ends) each();
  };
  try {
    for (let taken = 0; taken < reads.length; taken++) ends.push(followers.take(holder));
  } catch (error) {
    end();
    throw error;
  }
  const opened = new EventReads(reads, {
    ...{ held, turns, holder },
    explain: (error) => errors.asException(error),
    onEnd: end,
  });
  const stop = (error: unknown): void => {
    opened.stop(error);
  };
  ends.push(callers.watchRights({ connectionId, principal }, check, stop));
  signal.addEventListener('abort', () => void opened.return(), { once: true });
  return opened;
}
