import { useEffect, useMemo, useState } from 'preact/hooks';
import { LiveListing } from '../../api/live-listing';
import { fetchPages } from '../../api/paged';
import { useConsole } from '../../app/console-context';
import { go, href, setQuery } from '../../app/router';
import { formatMoment } from '../../exact/nanoseconds';
import { formatAgo, formatCount } from '../../exact/numbers';
import { useObservable } from '../../state/observable';
import { EmptyState } from '../../ui/empty-state';
import { LongTable, type LongTableColumn } from '../../ui/long-table';
import { SearchField } from '../../ui/search-field';
import type { StreamState } from './stream-state';

/** So many streams are listed; of more, one is found by its id. */
const MOST = 20_000;

interface Props {
  readonly topic: string;
  /** How many there are in all, as far as is known. */
  readonly count: number | undefined;
  /** The filter, as the address has it. */
  readonly search: string;
}

/** The streams of a topic, those that were written last first. */
export function StreamList({ topic, count, search: first }: Props) {
  const { api, live } = useConsole();
  const listing = useMemo(() => {
    const path = ['topics', topic, 'streams'];
    return new LiveListing<StreamState>(live, {
      ...{ method: 'ReadStreams', args: [topic], type: 'stream', limit: MOST },
      keyOf: ({ streamId = '' }) => streamId,
      fetchAll: (signal) => fetchPages<StreamState>(api, path, { member: 'streams', limit: MOST, signal }),
    });
  }, [api, live, topic]);
  useEffect(
    () => () => {
      listing.end();
    },
    [listing],
  );
  const { states, isComplete, isCut, error } = useObservable(listing.shown);
  const [search, setSearch] = useState(first);
  const rows = useMemo(() => latestFirst(states, search), [states, search]);
  const open = (): void => {
    if (search !== '') go(href(['topics', topic, 'streams', rows.length === 1 ? rows[0]!.streamId : search]));
  };
  return (
    <section class="streams" aria-label="Streams">
      <div class="page-head">
        <h2>Streams</h2>
        <span class="muted numbers">{isComplete && countText(rows.length, count ?? states.size, isCut)}</span>
        <SearchField
          label="Find a stream"
          value={search}
          onChange={(value) => {
            setSearch(value);
            setQuery({ search: value });
          }}
          onEnter={open}
        />
      </div>
      {error !== undefined && <p class="error-text">{error}</p>}
      {isCut && (
        <p class="notice">
          The first {formatCount(MOST)} streams in order of their ids are listed. Any other is opened by its whole id:
          write it above, and press Enter.
        </p>
      )}
      {isComplete && states.size === 0 && (
        <EmptyState title="There are no streams yet">
          <p>A stream comes into being with the first event that is sent to it.</p>
        </EmptyState>
      )}
      {states.size > 0 && rows.length === 0 && (
        <EmptyState title="No stream that is listed has that in its id or name">
          <a href={href(['topics', topic, 'streams', search])}>Open the stream “{search}”</a>
        </EmptyState>
      )}
      {rows.length > 0 && (
        <div class="table-frame">
          <LongTable label="Streams" columns={columnsOf(topic)} rows={rows} keyOf={({ streamId }) => streamId} />
        </div>
      )}
    </section>
  );
}

function latestFirst(states: ReadonlyMap<string, StreamState>, search: string): readonly StreamState[] {
  const wanted = search.toLowerCase();
  return [...states.values()]
    .filter(({ streamId, name = '' }) => `${streamId}\n${name}`.toLowerCase().includes(wanted))
    .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : 0));
}

function columnsOf(topic: string): readonly LongTableColumn<StreamState>[] {
  return [
    {
      ...{ id: 'name', title: 'Stream' },
      cell: ({ streamId, name }) => (
        <>
          <a class="topic-link" href={href(['topics', topic, 'streams', streamId])} title={streamId}>
            {streamId}
          </a>
          {name !== undefined && <span class="muted stream-name">{name}</span>}
        </>
      ),
    },
    { id: 'status', title: 'Status', cell: ({ status }) => <span class="muted">{status}</span> },
    { id: 'records', title: 'Events', isNumber: true, cell: ({ eventCount }) => formatCount(eventCount) },
    {
      ...{ id: 'updated', title: 'Last activity' },
      cell: ({ updatedAt }) => (
        <time dateTime={updatedAt} title={formatMoment(updatedAt)}>
          {formatAgo(Date.parse(updatedAt), Date.now())}
        </time>
      ),
    },
  ];
}

function countText(found: number, all: number, isCut: boolean): string {
  return found === all && !isCut ? formatCount(all) : `${formatCount(found)} of ${formatCount(all)}`;
}
