import { useEffect, useRef, useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import { loadMetrics } from './load-metrics';
import type { Scrape } from './prometheus';
import { Series } from './series';
import { type Tile, tilesOf } from './tiles';

/** Milliseconds between two scrapes; the second comes soon, as there are no rates before it. */
const SOON = 1000;
const INTERVAL = 3000;

/** How many scrapes the courses of the numbers reach back: five minutes. */
const REMEMBERED = 100;

export interface MetricsView {
  /** The first, and the last two that were read. */
  readonly first: Scrape;
  readonly now: Scrape;
  readonly tiles: readonly Tile[];
  /** The course of a tile, oldest first. */
  readonly courseOf: (title: string) => readonly number[];
}

export interface MetricsState {
  readonly view: MetricsView | undefined;
  readonly error: Error | undefined;
}

/** The server's metrics, read every few seconds while the page can be seen. */
export function useMetrics(): MetricsState {
  const { session } = useConsole();
  const [state, setState] = useState<MetricsState>({ view: undefined, error: undefined });
  const kept = useRef<{ first?: Scrape; last?: Scrape; readonly series: Series }>({ series: new Series(REMEMBERED) });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ending: AbortController | undefined;
    const read = async (signal: AbortSignal): Promise<void> => {
      const now = await loadMetrics(session.token ?? '', signal);
      const { first = now, last, series } = kept.current;
      Object.assign(kept.current, { first, last: now });
      if (last === undefined) return;
      const tiles = tilesOf(last, now);
      series.add(new Map(tiles.map(({ title, value }) => [title, value])));
      setState({ view: { first, now, tiles, courseOf: (title) => series.of(title) }, error: undefined });
    };
    const next = (): void => {
      const own = new AbortController();
      ending = own;
      read(own.signal)
        .catch((error: unknown) => {
          if (own.signal.aborted) return;
          const failure = error instanceof Error ? error : new Error(String(error));
          setState(({ view }) => ({ view, error: failure }));
        })
        .finally(() => {
          if (!own.signal.aborted) timer = setTimeout(next, kept.current.last === kept.current.first ? SOON : INTERVAL);
        });
    };
    const follow = (): void => {
      clearTimeout(timer);
      ending?.abort();
      if (document.visibilityState === 'visible') next();
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      clearTimeout(timer);
      ending?.abort();
    };
  }, [session]);
  return state;
}
