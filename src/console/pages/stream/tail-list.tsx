import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { copyText } from '../../exact/copy';
import { formatDateTime } from '../../exact/nanoseconds';
import { useObservable } from '../../state/observable';
import { timeView } from '../../state/time-view';
import type { Row, ShownEvent } from '../../tail/event';
import { eventsJson } from '../../tail/event-export';
import { fractionOf, positionAt, type Extent } from '../../tail/position';
import type { Tail } from '../../tail/tail';
import { PositionRail } from '../../ui/position-rail';
import { VirtualList } from '../../ui/virtual-list';
import { EventRow, GapRow } from './event-row';
import { selectAll, selectOne, selectTo, toggle, type Selection } from './selection';

/** Elements of rows that are used again: more than ever fit on a screen. */
const SLOTS = 256;

const LIST_ID = 'events';

interface Props {
  readonly tail: Tail;
  readonly rows: readonly Row[];
  /** From the first event to the last; undefined: not known, or positions are not numbers. */
  readonly extent: Extent | undefined;
  readonly rowHeight: number;
  readonly showsStream: boolean;
  /** Whether only some of the events are shown. */
  readonly isFiltered: boolean;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly open: ShownEvent | undefined;
  readonly onOpen: (event: ShownEvent | undefined) => void;
  /** Offset of the event that was found. */
  readonly found: string | undefined;
  readonly onFind: () => void;
}

/** The rows of a tail, with its scrollbar. */
export function TailList(props: Props) {
  const { tail, rows, extent, rowHeight, showsStream, isFiltered, selection, open, found } = props;
  const view = useObservable(timeView);
  const scroller = useRef<HTMLDivElement>(null);
  const [activeOffset, setActive] = useState<string>();
  const [seen, setSeen] = useState({ first: 0, last: 0 });
  const active = useMemo(() => {
    const index = rows.findIndex((row) => offsetOf(row) === activeOffset);
    return index < 0 ? undefined : index;
  }, [rows, activeOffset]);
  const show = (index: number): void => {
    const { current } = scroller;
    if (current === null) return;
    const top = index * rowHeight;
    if (top < current.scrollTop) current.scrollTop = top;
    else if (top + rowHeight > current.scrollTop + current.clientHeight) {
      current.scrollTop = top + rowHeight - current.clientHeight;
    }
  };
  useEffect(() => {
    const index = found === undefined ? -1 : rows.findIndex((row) => offsetOf(row) === found);
    if (index < 0) return;
    setActive(found);
    show(index);
  }, [found]);

  const choose = (event: ShownEvent, { shiftKey, ctrlKey, metaKey }: MouseEvent | KeyboardEvent): void => {
    setActive(event.offset);
    if (!tail.window.isPaused) tail.pause();
    if (shiftKey) props.onSelect(selectTo(selection, event, rows));
    else if (ctrlKey || metaKey) props.onSelect(toggle(selection, event));
    else {
      props.onSelect(selectOne(event));
      props.onOpen(event);
    }
  };
  const move = (index: number, key: KeyboardEvent): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (row === undefined) return;
    if (!tail.window.isPaused) tail.pause();
    setActive(offsetOf(row));
    show(rows.indexOf(row));
    if (row.kind === 'event' && key.shiftKey) props.onSelect(selectTo(selection, row, rows));
    else if (row.kind === 'event' && open !== undefined) props.onOpen(row);
  };
  const onKeyDown = (key: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const to = (active ?? seen.last) + (STEPS[key.key] ?? 0) * (key.key.startsWith('Page') ? page : 1);
    const row = active === undefined ? undefined : rows[active];
    const isCommand = key.ctrlKey || key.metaKey;
    if (STEPS[key.key] !== undefined) move(to, key);
    else if (key.key === 'Home' && !isCommand) move(0, key);
    else if (key.key === 'End' && !isCommand) void tail.resume();
    else if (key.key === 'Enter' && row?.kind === 'event') choose(row, key);
    else if (key.key === 'Enter' && row?.kind === 'gap') void tail.fill(row);
    else if (key.key === ' ' && row?.kind === 'event') props.onSelect(toggle(selection, row));
    else if (key.key === 'Escape') props.onOpen(undefined);
    else if (isCommand && key.key === 'a') props.onSelect(selectAll(rows));
    else if (isCommand && key.key === 'c' && selection.events.size > 0 && String(getSelection()) === '') {
      copyText(eventsJson([...selection.events.values()])).catch(() => undefined);
    } else if (isCommand && key.key === 'f') props.onFind();
    else return;
    key.preventDefault();
  };

  const first = rows[Math.max(0, seen.first)];
  return (
    <div class="tail-list">
      <VirtualList
        id={LIST_ID}
        label="Events"
        rows={rows}
        rowHeight={rowHeight}
        isAtEnd={!tail.window.isPaused}
        active={active}
        scroller={scroller}
        onKeyDown={onKeyDown}
        onLeaveEnd={() => {
          tail.pause();
        }}
        onNearStart={() => {
          // What matches may be far apart: looking through all that is older is up to the reader.
          const isWanted = tail.window.isPaused || !isFiltered;
          if (isWanted && tail.reading.problem === undefined && tail.reading.searched === 0) void tail.loadOlder();
        }}
        onNearEnd={() => {
          if (tail.reading.problem === undefined) void tail.loadNewer();
        }}
        onSeen={(from, to) => {
          setSeen((before) => (before.first === from && before.last === to ? before : { first: from, last: to }));
        }}
        renderRow={(row, index) => {
          const shared = { id: `${LIST_ID}-${index}`, place: index + 1, isActive: index === active };
          const key = (((tail.window.firstNumber + index) % SLOTS) + SLOTS) % SLOTS;
          if (row.kind === 'gap') {
            return <GapRow key={key} {...shared} gap={row} onLoad={() => void tail.fill(row)} />;
          }
          return (
            <EventRow
              key={key}
              {...shared}
              event={row}
              view={view}
              showsStream={showsStream}
              isSelected={selection.events.has(row.offset)}
              isFound={row.offset === found}
              onClick={(click) => {
                choose(row, click);
              }}
            />
          );
        }}
      />
      <PositionRail
        controls={LIST_ID}
        label="Place in the stream"
        {...placeOf(tail, rows, seen, extent)}
        valueText={first?.kind === 'event' ? formatDateTime(first.timestamp, view.zone) : 'nothing yet'}
        onMove={(at) => {
          moveTo(tail, at, extent);
        }}
      />
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, PageUp: -1, PageDown: 1 };

function offsetOf(row: Row): string {
  return row.kind === 'event' ? row.offset : `gap ${row.after}`;
}

/** Where the rows that can be seen are between the first event of all and the last. */
function placeOf(
  { window }: Tail,
  rows: readonly Row[],
  seen: { readonly first: number; readonly last: number },
  extent: Extent | undefined,
): { readonly at: number; readonly share: number } {
  const count = Math.max(1, rows.length);
  const visible = seen.last - seen.first + 1;
  const byRows = { at: seen.first / Math.max(1, count - visible), share: visible / count };
  if ((window.isAtStart && window.isAtEnd) || extent === undefined) return byRows;
  if (!window.isPaused) return { at: 1, share: 0 };
  const row = rows[seen.first];
  const fraction = row === undefined ? undefined : fractionOf(row.kind === 'event' ? row.offset : row.after, extent);
  return fraction === undefined ? byRows : { at: fraction, share: 0 };
}

function moveTo(tail: Tail, at: number, extent: Extent | undefined): void {
  if (at >= 1) void tail.resume();
  else if (at <= 0) void tail.jumpToStart();
  else {
    const position = extent === undefined ? undefined : positionAt(at, extent);
    if (position !== undefined) void tail.jump(position);
  }
}
