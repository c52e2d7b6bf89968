import type { Principal } from '../auth/principal';
import { WriterHubError } from '../errors';
import { renderState } from '../feed/catalogue-feed';
import type { ListingItem } from '../feed/listing';
import { type HubContext, RawJson } from '../signalr';
import { rightsOf, type WatchToken, watchRights } from './connection-rights';
import type { Places } from './subscription-places';

export interface CatalogueStreamParts {
  /** Each stream takes a place. */
  readonly places: Places;
  readonly watchToken: WatchToken;
  /** Throws what a client is told of an error. */
  readonly rethrow: (error: unknown) => never;
}

/** Opens what a stream gives; `rights` are those of the connection at any time. */
export type OpenListing = (
  signal: AbortSignal,
  rights: { mayRead(topic: string): boolean },
) => AsyncGenerator<ListingItem, void, void>;

/** What a listing gives, as items of a stream, until the client cancels it or may read no longer. */
export async function* streamListing(
  { places, watchToken, rethrow }: CatalogueStreamParts,
  context: HubContext<Principal>,
  type: 'topic' | 'stream',
  open: OpenListing,
): AsyncGenerator<RawJson, void, void> {
  const ending = new AbortController();
  let reason: WriterHubError | undefined;
  const end = (error: WriterHubError): void => {
    reason = error;
    ending.abort();
  };
  const cancel = (): void => {
    ending.abort();
  };
  let release: (() => void) | undefined;
  let stopWatching: (() => void) | undefined;
  context.signal.addEventListener('abort', cancel);
  try {
    release = places.take(context.principal.holder);
    stopWatching = watchRights(context, watchToken, end);
    for await (const item of open(ending.signal, rightsOf(context))) yield* render(item, type);
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
