import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Api } from '../../api/api';
import { useConsole } from '../../app/console-context';
import { setQuery, useRoute } from '../../app/router';
import { useLoaded } from '../../app/use-loaded';
import { countBy, countColumns, type CountColumns, type CountsByBucket } from '../../chart/bucket-series';
import type { ChartSeries } from '../../chart/chart-data';
import { aroundInstant, bucketLength, intervalText, type TimeRange } from '../../chart/interval';
import { formatTime, fromMilliseconds, looksLike } from '../../exact/nanoseconds';
import { formatCount, formatNumberOf } from '../../exact/numbers';
import type { Row } from '../../tail/event';
import type { EventFilter } from '../../tail/event-filter';
import { Button } from '../../ui/button';
import { Chart } from '../../ui/chart';
import { ErrorText } from '../../ui/error-text';
import { countQuery, readCounts, type CountAnswer } from './event-counts';
import type { Place } from './place';

const BARS = 120;
const HEIGHT = 116;
const WIDE = '(width >= 48rem)';
/** Ids that have a colour of their own. */
const MAX_IDS = 5;
/** Milliseconds between two countings of the rows that are loaded. */
const COUNT_EVERY = 1_000;

const HOUR = 3_600_000_000_000n;
const RANGES = {
  loaded: { text: 'loaded here', length: undefined },
  quarter: { text: 'last 15 minutes', length: HOUR / 4n },
  hour: { text: 'last hour', length: HOUR },
  day: { text: 'last 24 hours', length: 24n * HOUR },
  week: { text: 'last 7 days', length: 168n * HOUR },
} as const;

type RangeName = keyof typeof RANGES;

interface Props {
  readonly place: Place;
  readonly rows: readonly Row[];
  readonly filter: EventFilter;
  readonly drawn: number;
}

/** How many events there are over time, by id, for those who want to see it: on a phone the events come first. */
export function EventHistogram(props: Props) {
  const [isShown, setIsShown] = useState(() => matchMedia(WIDE).matches);
  return (
    <section class="histogram" aria-label="Events over time">
      <button
        type="button"
        class="disclosure"
        aria-expanded={isShown}
        onClick={() => {
          setIsShown(!isShown);
        }}
      >
        Events over time
      </button>
      {isShown && <Histogram {...props} />}
    </section>
  );
}

/** Of the events loaded here, or, with SQL, of all that are stored. */
function Histogram({ place, rows, filter, drawn }: Props) {
  const { api } = useConsole();
  const { query } = useRoute();
  const name = rangeOf(query.get('range'));
  const stored = useLoaded(
    async (signal) => {
      const { length: reach } = RANGES[name];
      return reach === undefined ? undefined : await storedCounts(api, { place, ids: filter.ids, reach }, signal);
    },
    [name, place.topic, place.streamId, filter.ids.join(' ')],
  );
  const loaded = useLoadedCounts(rows, drawn);
  const found = name === 'loaded' ? loaded : stored.value;
  const columns = useMemo(() => found && countColumns(found.counts, found.length, found.range, MAX_IDS), [found]);
  return (
    <>
      {query.has('range') && !Object.hasOwn(RANGES, query.get('range') ?? '') && (
        <p class="notice" role="alert">
          There is no range “{query.get('range')}”. There are {Object.keys(RANGES).join(', ')}.
        </p>
      )}
      <header>
        <p class="muted">{sourceText(name, found, filter)}</p>
        <label class="filter">
          <span class="visually-hidden">Which events</span>
          <select
            value={name}
            onChange={(event) => {
              const chosen = rangeOf(event.currentTarget.value);
              setQuery({ range: chosen === 'loaded' ? undefined : chosen });
            }}
          >
            {Object.entries(RANGES).map(([key, { text }]) => (
              <option key={key} value={key}>
                {text}
              </option>
            ))}
          </select>
        </label>
        {name !== 'loaded' && (
          <Button isBusy={stored.isLoading} onClick={stored.reload}>
            Count anew
          </Button>
        )}
      </header>
      <ErrorText error={name === 'loaded' ? undefined : stored.error} />
      {columns !== undefined && found !== undefined && columns.names.length > 0 && (
        <Chart
          label={`Events over time, by id, for each ${intervalText(found.length)}`}
          columns={columns}
          series={seriesOf(columns)}
          range={found.range}
          height={HEIGHT}
          kind="bars"
          onZoom={() => undefined}
        />
      )}
    </>
  );
}

interface Counted {
  readonly counts: CountsByBucket;
  readonly length: bigint;
  readonly range: TimeRange;
  readonly events: number;
  /** Events whose time evidently is in another unit. */
  readonly leftOut: number;
}

async function storedCounts(
  api: Api,
  { place, ids, reach }: { readonly place: Place; readonly ids: readonly string[]; readonly reach: bigint },
  signal: AbortSignal,
): Promise<Counted> {
  const to = fromMilliseconds(Date.now());
  const range = { from: to - reach, to };
  const length = bucketLength(range, BARS);
  const body = { q: countQuery(place, ids, range, length) };
  const counts = readCounts(await api.post<CountAnswer>(['v0', 'sql'], { body, signal }));
  const events = [...counts.values()].reduce((sum, bucket) => sum + [...bucket.values()].reduce((a, b) => a + b, 0), 0);
  return { counts, length, range, events, leftOut: 0 };
}

/** Counts the rows that are loaded, at most once a second: they change twenty times as often. */
function useLoadedCounts(rows: readonly Row[], drawn: number): Counted | undefined {
  const [counted, setCounted] = useState<Counted | undefined>(() => countLoaded(rows));
  const latest = useRef(rows);
  latest.current = rows;
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setCounted(countLoaded(latest.current));
    }, COUNT_EVERY);
  }, [rows, drawn]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );
  return counted;
}

function countLoaded(rows: readonly Row[]): Counted | undefined {
  const all = rows.filter((row) => row.kind === 'event');
  // One time in another unit, which lies in 1970, would press all others into one bar.
  const events = all.filter(({ timestamp }) => looksLike(timestamp) === undefined);
  const [first] = events;
  if (first === undefined) return undefined;
  let [least, most] = [first.timestamp, first.timestamp];
  for (const { timestamp } of events) {
    if (timestamp < least) least = timestamp;
    if (timestamp > most) most = timestamp;
  }
  const { from, to } = aroundInstant({ from: least, to: most + 1n });
  const length = bucketLength({ from, to }, BARS);
  return {
    counts: countBy(events, length),
    length,
    range: { from, to: to - 1n + length },
    events: events.length,
    leftOut: all.length - events.length,
  };
}

function rangeOf(text: string | null): RangeName {
  return text !== null && Object.hasOwn(RANGES, text) ? (text as RangeName) : 'loaded';
}

function sourceText(name: RangeName, found: Counted | undefined, filter: EventFilter): string {
  if (found === undefined) return name === 'loaded' ? 'none is loaded' : '';
  const { length, range, events, leftOut } = found;
  const what = formatNumberOf(events, 'event');
  const by = `by ${intervalText(length)}`;
  if (name === 'loaded') {
    return `${what} loaded here, ${by}${leftOut === 0 ? '' : `; ${formatCount(leftOut)} with times in another unit left out`}`;
  }
  const others = filter.tags.length > 0 || filter.text !== '' ? '; not filtered by tags and text' : '';
  return `${what}, ${by}, counted with SQL at ${formatTime(range.to, 'local', 0)}${others}`;
}

function seriesOf({ names, others }: CountColumns): ChartSeries[] {
  const series = names.map((name, index) => ({ name, colour: index + 1 }));
  return others === 0 ? series : [...series, { name: `${formatCount(others)} other ids`, colour: MAX_IDS + 1 }];
}
