import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { formatCount, formatNumberOf } from '../../exact/numbers';
import type { ShownEvent } from '../../tail/event';
import { eventsJson } from '../../tail/event-export';
import { filterOf, isEmpty } from '../../tail/event-filter';
import type { EventsAnswer } from '../../tail/event-pages';
import { ordered, orderOf } from '../../tail/row-order';
import type { Tail } from '../../tail/tail';
import type { Extent } from '../../tail/position';
import { Button } from '../../ui/button';
import { CopyButton } from '../../ui/copy-button';
import { EmptyState } from '../../ui/empty-state';
import { AddressNotes } from './address-notes';
import { EventDetail } from './event-detail';
import { EventHistogram } from './event-histogram';
import { setFilter, withId, withTag } from './filter-bar';
import { FindBar } from './find-bar';
import { eventsPath, type Place } from './place';
import { NOTHING_SELECTED, type Selection } from './selection';
import { TailList } from './tail-list';
import { TailStatusLine } from './tail-status';
import { TailToolbar } from './tail-toolbar';
import { useRowHeight } from './use-row-height';
import { useTail } from './use-tail';

/** Ids that are offered to filter by. */
const MAX_IDS = 50;
/** Rows that may not fill a screen, so that one cannot scroll on to older ones. */
const FEW = 40;

interface Props {
  readonly place: Place;
  readonly query: URLSearchParams;
}

/** The events of a topic or of one stream of it: what is stored, and what comes. */
export function EventsView({ place, query }: Props) {
  const filter = filterOf(query);
  const order = orderOf(query.get('order'));
  const { tail, drawn } = useTail(place, filter);
  const [selection, setSelection] = useState<Selection>(NOTHING_SELECTED);
  const [open, setOpen] = useState<ShownEvent>();
  const [isFinding, setIsFinding] = useState(false);
  const [found, setFound] = useState<string>();
  const rowHeight = useRowHeight();
  const extent = useExtent(place, tail);
  const rows = useMemo(() => ordered(tail.window.rows, order), [tail.window.rows, order]);
  const ids = useSeenIds(tail, drawn);
  useEffect(() => {
    setSelection(NOTHING_SELECTED);
    setFound(undefined);
  }, [tail]);
  return (
    <div class="events-view">
      <EventHistogram place={place} rows={tail.window.rows} filter={filter} drawn={drawn} />
      <AddressNotes query={query} />
      <TailToolbar
        tail={tail}
        place={place}
        filter={filter}
        order={order}
        rows={rows}
        ids={ids}
        selection={selection}
        onFind={() => {
          setIsFinding(true);
        }}
      />
      {isFinding && (
        <FindBar
          rows={rows}
          onFound={(offset) => {
            if (offset !== undefined && !tail.window.isPaused) tail.pause();
            setFound(offset);
          }}
          onClose={() => {
            setIsFinding(false);
          }}
        />
      )}
      {selection.events.size > 1 && (
        <SelectionBar
          selection={selection}
          onClear={() => {
            setSelection(NOTHING_SELECTED);
          }}
        />
      )}
      <div class={open === undefined ? 'tail' : 'tail tail-with-detail'}>
        <div class="tail-frame">
          <OlderNote tail={tail} isFiltered={!isEmpty(filter)} />
          <TailList
            tail={tail}
            rows={rows}
            extent={extent}
            rowHeight={rowHeight}
            showsStream={place.streamId === undefined}
            isFiltered={!isEmpty(filter)}
            selection={selection}
            onSelect={setSelection}
            open={open}
            onOpen={setOpen}
            found={found}
            onFind={() => {
              setIsFinding(true);
            }}
          />
          {rows.length === 0 && tail.status.kind !== 'loading' && (
            <Nothing
              isFiltered={!isEmpty(filter)}
              isRefused={tail.status.kind === 'refused'}
              isMissing={tail.status.kind === 'waiting'}
            />
          )}
          <TailStatusLine tail={tail} />
        </div>
        {open !== undefined && (
          <EventDetail
            topic={place.topic}
            event={open}
            onClose={() => {
              setOpen(undefined);
              document.querySelector<HTMLElement>('#events')?.focus();
            }}
            onTag={(tag) => {
              setFilter(withTag(filter, tag));
            }}
            onId={(id) => {
              setFilter(withId(filter, id));
            }}
          />
        )}
      </div>
    </div>
  );
}

function SelectionBar({ selection, onClear }: { readonly selection: Selection; readonly onClear: () => void }) {
  return (
    <div class="selection-bar">
      <span class="numbers">{formatNumberOf(selection.events.size, 'event')} selected</span>
      <CopyButton
        text={() => eventsJson([...selection.events.values()])}
        label="the selected events"
        caption="Copy as JSON"
      />
      <Button onClick={onClear}>Clear</Button>
    </div>
  );
}

/** What there is to know of older events: that they are being read, or are not found, or that there are none. */
function OlderNote({ tail, isFiltered }: { readonly tail: Tail; readonly isFiltered: boolean }) {
  const { reading, window } = tail;
  if (reading.problem !== undefined) {
    return (
      <p class="tail-note error-text" role="alert">
        {reading.problem} <Button onClick={() => void tail.loadOlder()}>Try again</Button>
      </p>
    );
  }
  const isSparse = isFiltered && window.rows.length < FEW && tail.status.kind !== 'loading';
  if (window.isAtStart || (reading.searched === 0 && !isSparse)) return null;
  return (
    <p class="tail-note">
      {reading.searched === 0
        ? 'Older events may match.'
        : `${formatCount(reading.searched)} older events were looked through, and none matches.`}{' '}
      <Button isBusy={reading.isOlder} onClick={() => void tail.loadOlder()}>
        Look further back
      </Button>
    </p>
  );
}

interface NothingProps {
  readonly isFiltered: boolean;
  readonly isRefused: boolean;
  /** There is no such topic or stream yet. */
  readonly isMissing: boolean;
}

function Nothing({ isFiltered, isRefused, isMissing }: NothingProps) {
  if (isRefused) return null;
  return (
    <div class="tail-nothing">
      {isFiltered && !isMissing ? (
        <EmptyState title="No event matches yet">
          <p>What comes and matches is shown at once.</p>
          <Button
            onClick={() => {
              setFilter({ ids: [], tags: [], text: '' });
            }}
          >
            Show all
          </Button>
        </EmptyState>
      ) : (
        <EmptyState title="No events yet">
          <p>The first one is shown as soon as it is stored.</p>
        </EmptyState>
      )}
    </div>
  );
}

/** From the first event that is stored to the last that came. */
function useExtent(place: Place, tail: Tail): Extent | undefined {
  const { api } = useConsole();
  const [first, setFirst] = useState<string>();
  const isMissing = tail.status.kind === 'waiting';
  useEffect(() => {
    const ending = new AbortController();
    api.get<EventsAnswer>(eventsPath(place), { query: { limit: 1 }, signal: ending.signal }).then(
      ({ events }) => {
        setFirst(events[0]?.offset);
      },
      () => {
        // The tail says why nothing can be read.
      },
    );
    return () => {
      ending.abort();
    };
  }, [tail, isMissing]);
  const last = tail.window.lastArrived;
  return first === undefined || last === undefined ? undefined : { first, last };
}

/** Ids that came by, the latest first. */
function useSeenIds(tail: Tail, drawn: number): readonly string[] {
  const seen = useRef(new Set<string>());
  useEffect(() => {
    seen.current = new Set();
  }, [tail]);
  return useMemo(() => {
    for (const row of tail.window.rows.slice(-200)) {
      if (row.kind === 'event' && seen.current.size < MAX_IDS) seen.current.add(row.id);
    }
    return [...seen.current];
  }, [tail, drawn]);
}
