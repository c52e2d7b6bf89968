import { useRef, useState } from 'preact/hooks';
import { formatDateTime } from '../../exact/nanoseconds';
import { useObservable } from '../../state/observable';
import { timeView } from '../../state/time-view';
import type { Row, ShownEvent } from '../../tail/event';
import { fractionOf, positionAt, type Extent } from '../../tail/position';
import type { Tail } from '../../tail/tail';
import { PositionRail } from '../../ui/position-rail';
import { VirtualList } from '../../ui/virtual-list';
import { EventRow, GapRow } from './event-row';
import type { Selection } from './selection';
import { useRowKeys } from './use-row-keys';

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
  const { tail, rows, extent, rowHeight, showsStream, isFiltered, selection, found } = props;
  const view = useObservable(timeView);
  const scroller = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ first: 0, last: 0 });
  const { active, choose, onKeyDown } = useRowKeys({ ...props, scroller, lastSeen: seen.last });
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
