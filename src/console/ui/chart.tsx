import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { chartData, lonely, stacked, type ChartColumns, type ChartSeries } from '../chart/chart-data';
import type { TimeRange } from '../chart/interval';
import { timeTicks, type TimeTick } from '../exact/time-ticks';
import { WallClock } from '../exact/wall-clock';
import { useObservable } from '../state/observable';
import { timeView } from '../state/time-view';
import { ChartTable } from './chart-table';

/** Pixels between two labels of the axis of time, about. */
const LABEL_WIDTH = 110;
/** Half of a date that is written below a time: what it takes on both sides of the axis. */
const HALF_LABEL = 36;
/** Of an axis beyond its values, as a part of them. */
const LEAST_MARGIN = 1e-13;
/** Steps of an axis of counts. */
const COUNTS = Array.from({ length: 15 }, (_, exponent) => [1, 2, 5].map((digit) => digit * 10 ** exponent)).flat();
const NUMBER = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });

interface Props {
  /** What it shows, for screen readers and above its table. */
  readonly label: string;
  readonly columns: ChartColumns;
  readonly series: readonly ChartSeries[];
  /** What the axis reaches over. */
  readonly range: TimeRange;
  /** In pixels. */
  readonly height: number;
  /** Bars on top of each other, or lines. */
  readonly kind: 'bars' | 'lines';
  /** A stretch was chosen with the mouse. */
  readonly onZoom: (range: TimeRange) => void;
  /** Of the values, such as `km/h`. */
  readonly unit?: string | undefined;
}

/**
 * Numbers over time, drawn by uPlot. The axis is our own: uPlot 1.6.32 is an hour wrong on days when clocks change, and
 * its times are doubles. Its values can be read in the legend and in a table, too.
 */
export function Chart({ label, columns, series, range, height, kind, onZoom, unit }: Props) {
  const view = useObservable(timeView);
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const [pointed, setPointed] = useState<number>();
  const id = useId();
  const clock = useMemo(() => new WallClock(view.zone === 'utc' ? 'UTC' : localZone()), [view.zone]);
  const latest = useRef({ range, onZoom, clock });
  latest.current = { range, onZoom, clock };
  const shape = JSON.stringify([kind, series.map(({ name, colour, isBand }) => [name, colour, isBand]), height]);

  useLayoutEffect(() => {
    const target = frame.current!;
    const made = new uPlot(
      optionsOf(target, { series, height, kind }, () => latest.current, setPointed),
      dataOf(columns, range, kind),
      target,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => {
      made.setSize({ width: Math.max(100, target.clientWidth), height });
    });
    observer.observe(target);
    const themes = new MutationObserver(() => {
      made.redraw(false);
    });
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => {
      observer.disconnect();
      themes.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => {
    const { current } = plot;
    if (current === undefined) return;
    current.batch(() => {
      current.setData(dataOf(columns, range, kind), false);
      current.setScale('x', { min: 0, max: relative(range.to, range) });
    });
  }, [columns, range.from, range.to, clock, shape]);

  return (
    <figure class="chart" aria-labelledby={`${id}-label`}>
      <figcaption id={`${id}-label`} class="visually-hidden">
        {label}
      </figcaption>
      <div ref={frame} class="chart-frame" aria-hidden="true" />
      <Legend series={series} columns={columns} pointed={pointed} clock={clock} kind={kind} unit={unit} />
      <ChartTable label={label} columns={columns} series={series} clock={clock} kind={kind} />
    </figure>
  );
}

interface LegendProps {
  readonly series: readonly ChartSeries[];
  readonly columns: ChartColumns;
  readonly pointed: number | undefined;
  readonly clock: WallClock;
  readonly kind: Props['kind'];
  readonly unit: string | undefined;
}

/** Names of the series with their colours, and their values where the mouse points; else the latest, or sums. */
function Legend({ series, columns, pointed, clock, kind, unit }: LegendProps) {
  const start = pointed === undefined ? undefined : columns.starts[pointed];
  const textOf = (number: number): string | undefined => {
    const column = columns.values[number] ?? [];
    if (start === undefined && kind === 'bars')
      return NUMBER.format(column.reduce<number>((sum, value) => sum + (value ?? 0), 0));
    const texts = columns.texts?.[number] ?? [];
    const isThere = (value: number | null, index: number): boolean => value !== null || (texts[index] ?? null) !== null;
    const index = start === undefined ? column.findLastIndex(isThere) : pointed!;
    const value = column[index] ?? null;
    return texts[index] ?? (value === null ? undefined : NUMBER.format(value));
  };
  return (
    <div class="legend">
      <ul>
        {series.map(({ name, colour }, number) => {
          const text = textOf(number);
          return (
            <li key={number}>
              <span class={`swatch swatch-${colour}`} aria-hidden="true" />
              <span class="legend-name">{name}</span> <span class="numbers">{text ?? '–'}</span>
              {unit !== undefined && text !== undefined && <span class="muted"> {unit}</span>}
            </li>
          );
        })}
      </ul>
      {start !== undefined && <time class="muted">{clock.dateTime(start, 3)}</time>}
    </div>
  );
}

interface Shape {
  readonly series: readonly ChartSeries[];
  readonly height: number;
  readonly kind: Props['kind'];
}

interface Latest {
  readonly range: TimeRange;
  readonly onZoom: Props['onZoom'];
  readonly clock: WallClock;
}

function optionsOf(
  target: HTMLElement,
  { series, height, kind }: Shape,
  latest: () => Latest,
  onPoint: (index: number | undefined) => void,
): uPlot.Options {
  const colour = (name: string): string => getComputedStyle(target).getPropertyValue(name).trim();
  const muted = (): string => colour('--text-muted');
  const grid = { stroke: () => colour('--border'), width: 1 };
  const font = `12px ${getComputedStyle(target).fontFamily}`;
  let ticks: readonly TimeTick[] = [];
  return {
    width: Math.max(100, target.clientWidth),
    height,
    legend: { show: false },
    padding: [null, HALF_LABEL, null, null],
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { show: kind === 'lines' } },
    scales: { x: { time: false }, y: { range: (_, min, max) => yRange(min, max, kind) } },
    axes: [
      {
        ...{ stroke: muted, grid: { show: false }, ticks: grid, font, size: 44, gap: 6 },
        splits(plot, _, min, max) {
          const { range, clock } = latest();
          const most = Math.max(2, Math.floor(plot.width / LABEL_WIDTH));
          ticks = timeTicks(clock, absolute(min, range), absolute(max, range), most);
          return ticks.map(({ at }) => relative(at, range));
        },
        values: () => ticks.map(({ label }) => label),
      },
      {
        ...{ stroke: muted, grid, ticks: { show: false }, font, gap: 8 },
        size: (_, values: string[] | null) =>
          Math.max(HALF_LABEL, 20 + 7 * Math.max(1, ...(values ?? []).map(({ length }) => length))),
        // Of what is counted there are no parts.
        ...(kind === 'bars' && { incrs: COUNTS, space: 18 }),
        values: (_, values) => values.map((value) => NUMBER.format(value)),
      },
    ],
    series: [{}, ...drawnSeries(series, kind, colour)],
    ...(kind === 'lines' && {
      bands: series.flatMap(({ isBand }, index) =>
        isBand === true
          ? [{ series: [index + 2, index + 1] as [number, number], fill: () => `${colour(`--series-1`)}33` }]
          : [],
      ),
    }),
    hooks: {
      setCursor: [
        (plot) => {
          onPoint(plot.cursor.idx ?? undefined);
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 4) return;
          const { range, onZoom } = latest();
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onZoom({
            from: absolute(plot.posToVal(left, 'x'), range),
            to: absolute(plot.posToVal(left + width, 'x'), range),
          });
        },
      ],
    },
  };
}

function drawnSeries(
  series: readonly ChartSeries[],
  kind: Props['kind'],
  colour: (name: string) => string,
): uPlot.Series[] {
  const bars = uPlot.paths.bars?.({ size: [0.9, 60], align: 1 });
  const drawn = series.map(({ name, colour: number, isFaint }): uPlot.Series => {
    const stroke = (): string => colour(`--series-${number}`);
    return {
      label: name,
      stroke,
      width: isFaint === true ? 0.75 : 1.5,
      // A line has two ends at least; what stands alone is a point.
      points: {
        ...{ show: false, size: 6, width: 0, fill: stroke },
        filter: (plot, index) => (kind === 'lines' ? lonely(plot.data[index] ?? []) : []),
      },
      spanGaps: false,
      ...(kind === 'bars' && { fill: stroke, width: 0, ...(bars !== undefined && { paths: bars }) }),
    };
  });
  // What is on top is drawn first, and the rest over it.
  return kind === 'bars' ? drawn.reverse() : drawn;
}

function dataOf(columns: ChartColumns, range: TimeRange, kind: Props['kind']): uPlot.AlignedData {
  const values = kind === 'bars' ? stacked(columns.values).reverse() : columns.values;
  return chartData({ starts: columns.starts, values }, range) as uPlot.AlignedData;
}

/** Milliseconds from the start of the range on: a double holds them exactly where it would round the whole. */
function relative(at: bigint, { from }: TimeRange): number {
  return Number(at - from) / 1e6;
}

function absolute(milliseconds: number, { from }: TimeRange): bigint {
  return from + BigInt(Math.round(milliseconds * 1e6));
}

function yRange(min: number | null, max: number | null, kind: Props['kind']): [number, number] {
  if (min === null || max === null) return [0, 1];
  if (kind === 'bars') return [0, Math.max(1, max * 1.08)];
  // Where doubles lie further apart than labels, uPlot looks for the next label for ever.
  const least = Math.max(Math.abs(min), Math.abs(max)) * LEAST_MARGIN;
  const margin = max > min ? Math.max((max - min) * 0.08, least) : Math.max(1, Math.abs(max) * 0.1);
  return [min - margin, max + margin];
}

function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
