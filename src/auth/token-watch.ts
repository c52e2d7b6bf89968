import type { Principal } from './principal';
import { EVERY_TOKEN, type Revocations } from './revocations';
import { WriterHubError } from '../errors';

/** The longest time that a timer takes, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Calls `onEnd`, once, when the token of a principal expires or is revoked, or when other tokens are good: what goes on
 * for longer than its token may not. Returns what stops that.
 */
export function watchToken(
  { expiresAt, tokenId }: Principal,
  revocations: Pick<Revocations, 'onRevoked'>,
  onEnd: (error: WriterHubError) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (until: number): void => {
    const left = until - Date.now();
    timer = setTimeout(
      () => {
        if (Date.now() >= until) onEnd(new WriterHubError('unauthenticated', 'the token has expired'));
        else wait(until);
      },
      Math.min(LONGEST_TIMER, Math.max(0, left)),
    );
  };
  if (expiresAt !== undefined && Number.isFinite(expiresAt)) wait(expiresAt);
  const stopListening = revocations.onRevoked((revoked) => {
    if (revoked === EVERY_TOKEN) onEnd(new WriterHubError('unauthenticated', 'the rules for tokens have changed'));
    else if (revoked === tokenId) onEnd(new WriterHubError('unauthenticated', 'the token was revoked'));
  });
  return () => {
    clearTimeout(timer);
    stopListening();
  };
}
