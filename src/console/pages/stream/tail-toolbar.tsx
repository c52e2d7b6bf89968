import { useState } from 'preact/hooks';
import { setQuery } from '../../app/router';
import { formatCount } from '../../exact/numbers';
import type { Row } from '../../tail/event';
import { isEmpty, type EventFilter } from '../../tail/event-filter';
import type { RowOrder } from '../../tail/row-order';
import type { Tail } from '../../tail/tail';
import { Button } from '../../ui/button';
import { TimeViewSwitch } from '../../ui/time-view-switch';
import { DownloadMenu } from './download-menu';
import { FilterBar } from './filter-bar';
import type { Selection } from './selection';
import type { Place } from './place';

interface Props {
  readonly tail: Tail;
  readonly place: Place;
  readonly filter: EventFilter;
  readonly order: RowOrder;
  readonly rows: readonly Row[];
  /** Ids to choose from. */
  readonly ids: readonly string[];
  readonly selection: Selection;
  readonly onFind: () => void;
}

/** What can be done with a tail: paused, filtered, ordered, searched, downloaded. */
export function TailToolbar({ tail, place, filter, order, rows, ids, selection, onFind }: Props) {
  const [isOpen, setIsOpen] = useState(() => !isEmpty(filter));
  return (
    <div class={isOpen ? 'tail-toolbar' : 'tail-toolbar tail-toolbar-folded'}>
      <PauseButton tail={tail} />
      <button
        type="button"
        class="button button-plain tail-unfold"
        aria-expanded={isOpen}
        onClick={() => {
          setIsOpen(!isOpen);
        }}
      >
        Filter and more
      </button>
      <FilterBar filter={filter} ids={ids} />
      <div class="tail-tools">
        <label class="filter">
          <span class="visually-hidden">Order</span>
          <select
            value={order}
            onChange={(event) => {
              setQuery({ order: event.currentTarget.value === 'time' ? 'time' : undefined });
            }}
          >
            <option value="arrival">by arrival</option>
            <option value="time">by time</option>
          </select>
        </label>
        <TimeViewSwitch />
        <Button onClick={onFind}>Find</Button>
        <DownloadMenu name={fileName(place)} rows={rows} selected={selection.events} pages={tail.pages} />
      </div>
    </div>
  );
}

/** The one control that pauses, counts what comes meanwhile, and goes on. */
function PauseButton({ tail }: { readonly tail: Tail }) {
  const { isPaused, newCount } = tail.window;
  return (
    <Button
      kind={isPaused ? 'primary' : 'plain'}
      onClick={() => {
        if (isPaused) void tail.resume();
        else tail.pause();
      }}
    >
      <span class="pause-text numbers">{isPaused ? `Paused · ${formatCount(newCount)} new ↓` : 'Pause'}</span>
    </Button>
  );
}

/** A name that every file system takes. */
function fileName({ topic, streamId }: Place): string {
  return [topic, streamId]
    .filter((part) => part !== undefined)
    .map((part) => part.replace(/[^\w.-]+/g, '_'))
    .join('-');
}
