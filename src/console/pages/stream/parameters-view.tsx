import { useMemo, useState } from 'preact/hooks';
import { setQuery } from '../../app/router';
import { useWhenMade } from '../../app/use-when-made';
import { envelope } from '../../chart/bucket-series';
import type { ChartSeries } from '../../chart/chart-data';
import { intervalText, type TimeRange } from '../../chart/interval';
import { formatCount } from '../../exact/numbers';
import { Button } from '../../ui/button';
import { Chart } from '../../ui/chart';
import { EmptyState } from '../../ui/empty-state';
import { ErrorText } from '../../ui/error-text';
import { TimeViewSwitch } from '../../ui/time-view-switch';
import { SampleTable } from './sample-table';
import { useBuckets } from './use-buckets';
import { useParameters, type KnownParameter } from './use-parameters';

/** Buckets of a chart: about one a pixel where it is widest. */
const PLACES = 800;
const HEIGHT = 200;
/** Charts at once; each follows its parameter. */
const MAX_CHARTS = 6;

interface Props {
  readonly topic: string;
  readonly streamId: string;
  readonly query: URLSearchParams;
}

/** Parameter data of a stream: which parameters there are, and charts of those that are chosen. */
export function ParametersView({ topic, streamId, query }: Props) {
  const parameters = useParameters(topic, streamId);
  useWhenMade(topic, parameters.error, parameters.reload);
  const all = parameters.value ?? [];
  const chosen = [...new Set(query.getAll('parameter'))].slice(0, MAX_CHARTS);
  const shown =
    chosen.length > 0
      ? chosen
      : all
          .filter(({ isNumeric }) => isNumeric)
          .slice(0, 2)
          .map(({ id }) => id);
  const range = rangeOf(query);
  if (parameters.error !== undefined) return <ErrorText error={parameters.error} onRetry={parameters.reload} />;
  if (parameters.value === undefined) return <p class="loading">Loading…</p>;
  if (all.length === 0) {
    return (
      <EmptyState title="No parameter data">
        <p>
          Samples over time are sent with <code>POST …/parameters/data</code> or <code>SendParameterData</code>.
        </p>
        <Button onClick={parameters.reload}>Look again</Button>
      </EmptyState>
    );
  }
  return (
    <div class="parameters-view">
      <ParameterList all={all} chosen={shown} />
      <div class="parameter-charts">
        <div class="parameter-tools">
          {range === undefined && (query.has('from') || query.has('to')) && (
            <p class="notice" role="alert">
              The range of the address is none: <code>from</code> and <code>to</code> are nanoseconds, <code>to</code>{' '}
              the later one. Everything is shown.
            </p>
          )}
          <ZoomButtons range={range} />
          <TimeViewSwitch />
        </div>
        {shown.map((id) => (
          <ParameterChart
            key={id}
            topic={topic}
            streamId={streamId}
            parameter={all.find((one) => one.id === id) ?? { id, isNumeric: true }}
            range={range}
          />
        ))}
      </div>
    </div>
  );
}

function ParameterList({
  all,
  chosen,
}: {
  readonly all: readonly KnownParameter[];
  readonly chosen: readonly string[];
}) {
  const [text, setText] = useState('');
  const needle = text.toLowerCase();
  const found = all.filter(({ id, name, location }) =>
    [id, name, location].some((part) => part?.toLowerCase().includes(needle) ?? false),
  );
  return (
    <fieldset class="parameter-list">
      <legend>
        {formatCount(all.length)} {all.length === 1 ? 'parameter' : 'parameters'}
      </legend>
      <input
        type="search"
        aria-label="Find a parameter"
        placeholder="Find"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
        }}
      />
      <ul tabIndex={0} aria-label="Parameters">
        {found.slice(0, 500).map(({ id, name, unit, location }) => (
          <li key={id}>
            <label class="check">
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                disabled={!chosen.includes(id) && chosen.length >= MAX_CHARTS}
                onChange={(event) => {
                  const others = chosen.filter((one) => one !== id);
                  setQuery({ parameter: event.currentTarget.checked ? [...others, id] : others });
                }}
              />
              <span>
                {id}
                {name !== undefined && name !== null && name !== id && <span class="muted"> {name}</span>}
                {unit !== undefined && unit !== null && <span class="muted"> {unit}</span>}
                {location !== undefined && location !== null && <span class="muted location"> {location}</span>}
              </span>
            </label>
          </li>
        ))}
      </ul>
      {found.length > 500 && <p class="field-hint">The first 500 of {formatCount(found.length)}.</p>}
    </fieldset>
  );
}

interface ChartProps {
  readonly topic: string;
  readonly streamId: string;
  readonly parameter: KnownParameter;
  readonly range: TimeRange | undefined;
}

const SERIES: readonly ChartSeries[] = [
  { name: 'least', colour: 3, isFaint: true, isBand: true },
  { name: 'greatest', colour: 2, isFaint: true },
  { name: 'mean', colour: 1 },
];

function ParameterChart({ topic, streamId, parameter, range }: ChartProps) {
  const { id, unit, name } = parameter;
  const buckets = useBuckets({ topic, streamId, parameter: id, range, places: PLACES });
  const { series, drawn } = buckets;
  const columns = useMemo(() => series && envelope(series), [series, drawn]);
  const unitText = unit ?? undefined;
  return (
    <section class="parameter-chart" aria-label={`Parameter ${id}`}>
      <h2>
        {id}
        {name !== undefined && name !== null && name !== id && <span class="muted"> {name}</span>}
        {series !== undefined && parameter.isNumeric && (
          <span class="muted"> · a bucket each {intervalText(series.length)}</span>
        )}
      </h2>
      <ErrorText error={buckets.problem} />
      {columns !== undefined && buckets.range !== undefined && columns.starts.length > 0 ? (
        <Chart
          label={`${id} over time${unitText === undefined ? '' : `, ${unitText}`}`}
          columns={columns}
          series={SERIES}
          range={buckets.range}
          height={HEIGHT}
          kind="lines"
          unit={unitText}
          onZoom={zoomTo}
        />
      ) : (
        parameter.isNumeric && (
          <p class="muted">{buckets.isLoading ? 'Loading…' : 'There are no numbers of it in this range.'}</p>
        )
      )}
      {!parameter.isNumeric && <SampleTable topic={topic} streamId={streamId} parameter={id} range={range} />}
    </section>
  );
}

function ZoomButtons({ range }: { readonly range: TimeRange | undefined }) {
  if (range === undefined) return <p class="muted">Drag over a chart to zoom in. Finer buckets are loaded then.</p>;
  const quarter = (range.to - range.from) / 4n;
  const move = (from: bigint, to: bigint) => (): void => {
    zoomTo({ from: range.from + from, to: range.to + to });
  };
  return (
    <div class="buttons">
      <Button onClick={move(quarter, -quarter)}>Zoom in</Button>
      <Button onClick={move(-2n * quarter, 2n * quarter)}>Zoom out</Button>
      <Button onClick={move(-2n * quarter, -2n * quarter)}>Earlier</Button>
      <Button onClick={move(2n * quarter, 2n * quarter)}>Later</Button>
      <Button
        onClick={() => {
          setQuery({ from: undefined, to: undefined });
        }}
      >
        Everything
      </Button>
    </div>
  );
}

/** What is zoomed to stands in the address. */
function zoomTo({ from, to }: TimeRange): void {
  setQuery({ from: String(from), to: String(to > from ? to : from + 1n) }, { replace: false });
}

function rangeOf(query: URLSearchParams): TimeRange | undefined {
  const [from, to] = [query.get('from'), query.get('to')];
  if (from === null || to === null || !/^-?\d{1,19}$/.test(from) || !/^-?\d{1,19}$/.test(to)) return undefined;
  const range = { from: BigInt(from), to: BigInt(to) };
  return range.to > range.from ? range : undefined;
}
