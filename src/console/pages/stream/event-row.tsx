import { excerptOf } from '../../exact/excerpt';
import { fromMilliseconds } from '../../exact/nanoseconds';
import { formatBytes, formatCount } from '../../exact/numbers';
import { byteLength, EXCERPT } from '../../exact/excerpt';
import { shownTime, type TimeView } from '../../state/time-view';
import type { Gap, ShownEvent } from '../../tail/event';

/** Tags that a row shows; the others are counted. */
const MAX_TAGS = 4;

interface RowProps {
  readonly id: string;
  /** Its place in the list, from 1. */
  readonly place: number;
  readonly isActive: boolean;
}

interface EventRowProps extends RowProps {
  readonly event: ShownEvent;
  readonly view: TimeView;
  readonly showsStream: boolean;
  readonly isSelected: boolean;
  /** The text that was looked for is in it. */
  readonly isFound: boolean;
  readonly onClick: (event: MouseEvent) => void;
}

/** One line: when, what, its value and tags. All of it is text, whatever it holds. */
export function EventRow({ event, view, showsStream, isSelected, isFound, isActive, ...rest }: EventRowProps) {
  const { date, time } = shownTime(event.timestamp, view);
  const classes = ['tail-row', isActive && 'tail-row-active', isFound && 'tail-row-found'].filter(Boolean).join(' ');
  return (
    <div
      id={rest.id}
      class={classes}
      role="row"
      aria-rowindex={rest.place}
      aria-selected={isSelected}
      onMouseDown={(down) => {
        // Shift selects rows here; the browser would select text between them.
        if (down.shiftKey) down.preventDefault();
      }}
      onClick={rest.onClick}
    >
      <span class="tail-time" role="gridcell">
        <span class={isToday(date, view) ? 'tail-date' : 'tail-date tail-date-other'}>{date} </span>
        {time}
      </span>
      <span class="tail-id" role="gridcell" title={event.id}>
        {excerptOf(event.id, 200)}
      </span>
      {showsStream && (
        <span class="tail-stream" role="gridcell" title={event.streamId}>
          {event.streamId}
        </span>
      )}
      <span class="tail-value" role="gridcell">
        <Value value={event.value} />
      </span>
      <span class="tail-tags" role="gridcell">
        <Tags tags={event.tags} />
      </span>
    </div>
  );
}

/** Where there is little room, the date of today is left out. */
function isToday(date: string, view: TimeView): boolean {
  return date === shownTime(fromMilliseconds(Date.now()), view).date;
}

function Value({ value }: { readonly value: string | null }) {
  if (value === null) return <span class="muted">no value</span>;
  if (value.length <= EXCERPT) return <>{value}</>;
  return (
    <>
      <span class="size">{formatBytes(byteLength(value))}</span> {excerptOf(value)}…
    </>
  );
}

function Tags({ tags }: { readonly tags: ShownEvent['tags'] }) {
  const all = Object.entries(tags);
  return (
    <>
      {all.slice(0, MAX_TAGS).map(([name, value]) => (
        <span class="event-tag" key={name}>
          {excerptOf(`${name}=${value}`, 80)}
        </span>
      ))}
      {all.length > MAX_TAGS && <span class="muted">+{all.length - MAX_TAGS}</span>}
    </>
  );
}

interface GapRowProps extends RowProps {
  readonly gap: Gap;
  readonly onLoad: () => void;
}

/** A row that says how many are left out, and loads them. */
export function GapRow({ id, place, gap, isActive, onLoad }: GapRowProps) {
  return (
    <div
      id={id}
      class={isActive ? 'tail-row tail-gap tail-row-active' : 'tail-row tail-gap'}
      role="row"
      aria-rowindex={place}
      aria-selected={false}
    >
      <span role="gridcell">
        skipped {gap.isExact ? '' : 'up to '}
        {formatCount(gap.count)} {gap.count === 1 ? 'event' : 'events'} ·{' '}
        <button type="button" class="link-button" tabIndex={-1} onClick={onLoad}>
          load
        </button>
      </span>
    </div>
  );
}
