import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows drawn above and below those that are seen. */
const OVERSCAN = 6;
/** How near to an end of the list more rows are asked for, in rows. */
const NEAR = 30;

interface Props<Row> {
  readonly id: string;
  /** What it lists, for screen readers. */
  readonly label: string;
  readonly rows: readonly Row[];
  /** Of every row, in pixels. */
  readonly rowHeight: number;
  /** Whether it stays at its end while rows are added there. */
  readonly isAtEnd: boolean;
  /** The row with the keyboard's focus; it has the id `{id}-{index}`. */
  readonly active: number | undefined;
  readonly renderRow: (row: Row, index: number) => ComponentChildren;
  /** Someone scrolled away from the end. */
  readonly onLeaveEnd: () => void;
  readonly onNearStart: () => void;
  readonly onNearEnd: () => void;
  /** The first and last row that can be seen. */
  readonly onSeen: (first: number, last: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly scroller: RefObject<HTMLDivElement | null>;
}

/**
 * A list of which only the rows that can be seen are in the document. Rows may come and go at both ends: the one at the
 * top stays where it is. Only the list itself scrolls.
 */
export function VirtualList<Row>(props: Props<Row>) {
  const { id, label, rows, rowHeight, isAtEnd, active, renderRow, scroller } = props;
  const [view, setView] = useState({ top: 0, height: 600 });
  // Where the list itself last scrolled to: whatever differs from it was the reader.
  const placed = useRef(-1);
  const anchor = useRef<{ readonly row: Row; readonly offset: number } | undefined>(undefined);

  const note = (): void => {
    const { scrollTop, clientHeight } = scroller.current!;
    const first = Math.floor(scrollTop / rowHeight);
    const last = Math.min(rows.length - 1, Math.floor((scrollTop + clientHeight) / rowHeight));
    const row = rows[first];
    anchor.current = row === undefined ? undefined : { row, offset: scrollTop - first * rowHeight };
    setView((before) =>
      before.top === scrollTop && before.height === clientHeight ? before : { top: scrollTop, height: clientHeight },
    );
    props.onSeen(first, last);
    if (first < NEAR) props.onNearStart();
    if (last >= rows.length - NEAR) props.onNearEnd();
  };

  useLayoutEffect(() => {
    const { current } = scroller;
    if (current === null) return;
    const top = isAtEnd ? rows.length * rowHeight : placeOf(anchor.current, rows, rowHeight);
    if (Math.abs(current.scrollTop - top) >= 1) current.scrollTop = top;
    placed.current = current.scrollTop;
    note();
  }, [rows, isAtEnd, rowHeight]);

  const onResize = useRef<() => void>(() => undefined);
  onResize.current = () => {
    const { current } = scroller;
    if (current === null) return;
    if (isAtEnd) current.scrollTop = rows.length * rowHeight;
    placed.current = current.scrollTop;
    note();
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => {
      onResize.current();
    });
    observer.observe(scroller.current!);
    return () => {
      observer.disconnect();
    };
  }, []);

  const onScroll = (): void => {
    const { scrollTop, clientHeight, scrollHeight } = scroller.current!;
    const isReader = Math.abs(scrollTop - placed.current) >= 1;
    placed.current = scrollTop;
    if (isReader && isAtEnd && scrollTop + clientHeight < scrollHeight - rowHeight) props.onLeaveEnd();
    note();
  };

  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const end = Math.min(rows.length, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);
  return (
    <div
      id={id}
      ref={scroller}
      class="virtual-list"
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length}
      aria-multiselectable
      aria-live="off"
      {...(active !== undefined && active >= first && active < end && { 'aria-activedescendant': `${id}-${active}` })}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={props.onKeyDown}
    >
      <Space height={rows.length * rowHeight}>
        <Rows top={first * rowHeight}>{rows.slice(first, end).map((row, index) => renderRow(row, first + index))}</Rows>
      </Space>
    </div>
  );
}

/** Where the anchor is among the rows now; the start, if they are others altogether. */
function placeOf<Row>(
  anchor: { readonly row: Row; readonly offset: number } | undefined,
  rows: readonly Row[],
  rowHeight: number,
): number {
  const index = anchor === undefined ? -1 : rows.indexOf(anchor.row);
  return index < 0 ? 0 : index * rowHeight + anchor!.offset;
}

/** Sizes are set by CSSOM: the Content-Security-Policy allows no style attributes. */
function Space({ height, children }: { readonly height: number; readonly children: ComponentChildren }) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    element.current!.style.height = `${height}px`;
  }, [height]);
  return (
    <div ref={element} class="virtual-space" role="presentation">
      {children}
    </div>
  );
}

function Rows({ top, children }: { readonly top: number; readonly children: ComponentChildren }) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    element.current!.style.transform = `translateY(${top}px)`;
  }, [top]);
  return (
    <div ref={element} class="virtual-rows" role="rowgroup">
      {children}
    </div>
  );
}
