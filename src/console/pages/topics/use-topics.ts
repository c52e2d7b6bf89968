import { useEffect, useMemo } from 'preact/hooks';
import { type Listing, LiveListing } from '../../api/live-listing';
import { fetchPages } from '../../api/paged';
import { useConsole } from '../../app/console-context';
import { useObservable } from '../../state/observable';
import { TopicRates } from './topic-rates';
import type { TopicState } from './topic-state';

/** All topics and data sources that the token may read, in one call, and what changes; how fast each of them grows. */
export function useTopics(): Listing<TopicState> & { readonly rates: TopicRates } {
  const { api, live } = useConsole();
  const { listing, rates } = useMemo(() => {
    const rates = new TopicRates();
    const source = {
      ...{ method: 'ReadTopics', args: [], type: 'topic' },
      keyOf: ({ name = '' }: Partial<TopicState>) => name,
      fetchAll: (signal: AbortSignal) => fetchPages<TopicState>(api, ['topics'], { member: 'topics', signal }),
    };
    const note = rates.note.bind(rates);
    return { listing: new LiveListing<TopicState>(live, source, note), rates };
  }, [api, live]);
  useEffect(
    () => () => {
      listing.end();
    },
    [listing],
  );
  return { ...useObservable(listing.shown), rates };
}
