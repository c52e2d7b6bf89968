import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { RowTail, type TailState } from './row-tail';

/** How many of the newest rows are shown. */
export const NEWEST_ROWS = 100;

/** Milliseconds for which rows are gathered before they are drawn: faster than that nobody reads. */
const DRAWN_AFTER = 150;

export interface ShownRows {
  /** JSON texts of `{"offset": …, "row": {…}}`, the newest first. */
  readonly texts: readonly string[];
  readonly state: TailState;
}

const NOTHING: ShownRows = { texts: [], state: { kind: 'connecting' } };

/**
 * The newest rows of a data source, live while the page can be seen; what came while it could not is caught up with.
 * They are drawn some times a second, however many come.
 */
export function useRowTail(name: string): ShownRows {
  const { api } = useConsole();
  const [shown, setShown] = useState(NOTHING);
  const drawing = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    let newest: string[] = [];
    let state: TailState = { kind: 'connecting' };
    const draw = (): void => {
      drawing.current ??= setTimeout(() => {
        drawing.current = undefined;
        setShown({ texts: newest.toReversed().slice(0, NEWEST_ROWS), state });
      }, DRAWN_AFTER);
    };
    const tail = new RowTail(
      (signal) =>
        api.fetch('GET', ['v0', 'datasources', name, 'rows'], {
          query: { follow: true, tail: NEWEST_ROWS },
          headers: { Accept: 'application/x-ndjson' },
          signal,
        }),
      {
        row: (text) => {
          newest.push(text);
          // Twice as many are kept, so that the front is cut off only now and then.
          if (newest.length >= 2 * NEWEST_ROWS) newest = newest.slice(-NEWEST_ROWS);
          draw();
        },
        started: () => {
          newest = [];
          draw();
        },
        state: (next) => {
          state = next;
          draw();
        },
      },
    );
    const follow = (): void => {
      if (document.visibilityState === 'visible') tail.start();
      else tail.stop();
    };
    const retry = (): void => {
      tail.retryNow();
    };
    setShown(NOTHING);
    follow();
    document.addEventListener('visibilitychange', follow);
    addEventListener('online', retry);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      removeEventListener('online', retry);
      tail.stop();
      clearTimeout(drawing.current);
      drawing.current = undefined;
    };
  }, [name, api]);
  return shown;
}
