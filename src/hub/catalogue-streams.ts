import type { Principal } from '../auth/principal';
import { WriterHubError } from '../errors';
import { renderState } from '../feed/catalogue-feed';
import type { ListingItem } from '../feed/listing';
import { type HubContext, RawJson } from '../signalr';
import type { HubCallers, Rights } from './hub-callers';
import type { HubErrors } from './hub-errors';
import type { Places } from './subscription-places';

export interface CatalogueStreamParts {
  /** Each stream takes a place. */
  readonly followers: Places;
  readonly callers: HubCallers;
}

/** What a stream is of. */
export interface Listing {
  readonly type: 'topic' | 'stream';
  /** Throws when one with other rights may not have it. */
  readonly check: (principal: Principal) => void;
  /** Opens what it gives; `rights` are those of the connection at any time. */
  readonly open: (signal: AbortSignal, rights: Rights) => AsyncGenerator<ListingItem, void, void>;
}

/** What a listing gives, as items of a stream, until the client cancels it or may read no longer. */
export async function* streamListing(
  { followers, callers }: CatalogueStreamParts,
  { rethrow }: HubErrors,
  context: HubContext<Principal>,
  { type, check, open }: Listing,
): AsyncGenerator<RawJson, void, void> {
  const ending = new AbortController();
  let reason: Error | undefined;
  const end = (error: unknown): void => {
    reason = error instanceof Error ? error : new Error(String(error));
    ending.abort();
  };
  const cancel = (): void => {
    ending.abort();
  };
  let release: (() => void) | undefined;
  let stopWatching: (() => void) | undefined;
  context.signal.addEventListener('abort', cancel);
  try {
    check(context.principal);
    release = followers.take(context.principal.holder);
    stopWatching = callers.watchRights(context, check, end);
    for await (const item of open(ending.signal, callers.rightsOf(context))) yield* render(item, type);
    if (!context.signal.aborted) throw reason ?? new WriterHubError('shutting_down', 'the server is stopping');
  } catch (error) {
    rethrow(error);
  } finally {
    context.signal.removeEventListener('abort', cancel);
    stopWatching?.();
    release?.();
  }
}

function* render(item: ListingItem, type: 'topic' | 'stream'): Generator<RawJson, void, void> {
  if (item.kind === 'start') yield new RawJson('{"type":"start"}');
  else if (item.kind === 'caught_up') yield new RawJson('{"type":"caught-up"}');
  else for (const state of item.states) yield new RawJson(renderState(state, type));
}
