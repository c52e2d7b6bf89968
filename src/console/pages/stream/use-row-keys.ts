import type { RefObject } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { copyText } from '../../exact/copy';
import type { Row, ShownEvent } from '../../tail/event';
import { eventsJson } from '../../tail/event-export';
import type { Tail } from '../../tail/tail';
import { selectAll, selectOne, selectTo, toggle, type Selection } from './selection';

/** In rows, or pages of rows. */
const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, PageUp: -1, PageDown: 1 };

export interface RowKeysOptions {
  readonly tail: Tail;
  readonly rows: readonly Row[];
  readonly rowHeight: number;
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** The last row that can be seen: where moving begins. */
  readonly lastSeen: number;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly open: ShownEvent | undefined;
  readonly onOpen: (event: ShownEvent | undefined) => void;
  /** Offset of the event that was found. */
  readonly found: string | undefined;
  readonly onFind: () => void;
}

export interface RowKeys {
  /** Index of the row that keys work on. */
  readonly active: number | undefined;
  /** An event is clicked, or Enter pressed on it. */
  readonly choose: (event: ShownEvent, how: MouseEvent | KeyboardEvent) => void;
  readonly onKeyDown: (key: KeyboardEvent) => void;
}

/** What keys and clicks do to the rows of a tail: move, open, select, copy, find. */
export function useRowKeys(options: RowKeysOptions): RowKeys {
  const { tail, rows, rowHeight, scroller, selection, onSelect, onOpen, found } = options;
  const [activeOffset, setActive] = useState<string>();
  const active = useMemo(() => indexOf(rows, activeOffset), [rows, activeOffset]);
  const show = (index: number): void => {
    const { current } = scroller;
    if (current !== null) scrollTo(current, index * rowHeight, rowHeight);
  };
  useEffect(() => {
    const index = indexOf(rows, found);
    if (index === undefined) return;
    setActive(found);
    show(index);
  }, [found]);

  const pause = (): void => {
    if (!tail.window.isPaused) tail.pause();
  };
  const choose: RowKeys['choose'] = (event, { shiftKey, ctrlKey, metaKey }) => {
    setActive(event.offset);
    pause();
    if (shiftKey) onSelect(selectTo(selection, event, rows));
    else if (ctrlKey || metaKey) onSelect(toggle(selection, event));
    else {
      onSelect(selectOne(event));
      onOpen(event);
    }
  };
  const move = (index: number, { shiftKey }: KeyboardEvent): void => {
    const bounded = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[bounded];
    if (row === undefined) return;
    pause();
    setActive(offsetOf(row));
    show(bounded);
    if (row.kind === 'event' && shiftKey) onSelect(selectTo(selection, row, rows));
    else if (row.kind === 'event' && options.open !== undefined) onOpen(row);
  };
  const toStart = (): void => {
    void tail.jumpToStart().then(() => {
      const [first] = tail.window.rows;
      setActive(first && offsetOf(first));
      if (first?.kind === 'event' && options.open !== undefined) onOpen(first);
      if (scroller.current !== null) scrollTo(scroller.current, 0, rowHeight);
    });
  };
  const onKeyDown = (key: KeyboardEvent): void => {
    const isTaken =
      key.ctrlKey || key.metaKey
        ? takeCommand(key.key, options)
        : takeMove(key, { ...options, active, move, toStart }) || takeRowKey(key, active, options, choose);
    if (isTaken) key.preventDefault();
  };
  return { active, choose, onKeyDown };
}

/** Commands with Ctrl or ⌘. Answers whether it is one. */
function takeCommand(key: string, { rows, selection, onSelect, onFind }: RowKeysOptions): boolean {
  if (key === 'a') onSelect(selectAll(rows));
  else if (key === 'f') onFind();
  else if (key === 'c' && selection.events.size > 0 && String(getSelection()) === '') {
    copyText(eventsJson([...selection.events.values()])).catch(() => {
      // The browser does not let pages copy; the button of the selection says so.
    });
  } else return false;
  return true;
}

interface Mover extends RowKeysOptions {
  readonly active: number | undefined;
  readonly move: (index: number, key: KeyboardEvent) => void;
  /** Goes to the oldest event of all, which may have to be loaded. */
  readonly toStart: () => void;
}

function takeMove(key: KeyboardEvent, { tail, scroller, rowHeight, lastSeen, active, move, toStart }: Mover): boolean {
  const step = STEPS[key.key];
  if (step !== undefined) {
    const { clientHeight = 0, scrollTop = 0 } = scroller.current ?? {};
    const page = Math.max(1, Math.floor(clientHeight / rowHeight) - 1);
    // Without a row to begin at, a page up is one from what can be seen, and not to the top of it.
    const from = active ?? (key.key === 'PageUp' ? Math.floor(scrollTop / rowHeight) : lastSeen);
    move(from + step * (key.key.startsWith('Page') ? page : 1), key);
  } else if (key.key === 'Home' && (tail.window.isAtStart || key.shiftKey)) move(0, key);
  else if (key.key === 'Home') toStart();
  else if (key.key === 'End') void tail.resume();
  else return false;
  return true;
}

function takeRowKey(
  key: KeyboardEvent,
  active: number | undefined,
  { tail, rows, selection, onSelect, onOpen }: RowKeysOptions,
  choose: RowKeys['choose'],
): boolean {
  const row = active === undefined ? undefined : rows[active];
  if (key.key === 'Escape') onOpen(undefined);
  else if (key.key === 'Enter' && row?.kind === 'event') choose(row, key);
  else if (key.key === 'Enter' && row?.kind === 'gap') void tail.fill(row);
  else if (key.key === ' ' && row?.kind === 'event') onSelect(toggle(selection, row));
  else return false;
  return true;
}

function scrollTo(list: HTMLElement, top: number, rowHeight: number): void {
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + rowHeight > list.scrollTop + list.clientHeight) list.scrollTop = top + rowHeight - list.clientHeight;
  else return;
  // The browser tells of it with the next frame. The list has to know at once, or it is put back where it was.
  list.dispatchEvent(new Event('scroll'));
}

function indexOf(rows: readonly Row[], offset: string | undefined): number | undefined {
  const index = offset === undefined ? -1 : rows.findIndex((row) => offsetOf(row) === offset);
  return index < 0 ? undefined : index;
}

function offsetOf(row: Row): string {
  return row.kind === 'event' ? row.offset : `gap ${row.after}`;
}
