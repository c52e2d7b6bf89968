import { useEffect, useMemo, useState } from 'preact/hooks';
import { aroundInstant, type TimeRange } from '../../chart/interval';
import { formatCount } from '../../exact/numbers';
import { Button } from '../../ui/button';
import { Chart } from '../../ui/chart';
import { type Bar, barsOf, chartChoice, type ChartChoice, timeColumns } from './chart-choice';
import type { QueryResult } from './run-query';

/** Bars that are drawn; more of them would not be looked at. */
const MOST_BARS = 50;

const HEIGHT = 320;

/** A result as lines over time if it has a column of times, else as bars. */
export function ResultChart({ result }: { readonly result: QueryResult }) {
  const choice = useMemo(() => chartChoice(result), [result]);
  if (choice === undefined) {
    return (
      <p class="muted">
        A chart needs a column of numbers, and either a column of times or one that names the rows: for example{' '}
        <code>SELECT city, count(*) AS n … GROUP BY city</code>.
      </p>
    );
  }
  return choice.kind === 'time' ? <TimeChart {...{ result, choice }} /> : <BarChart {...{ result, choice }} />;
}

interface Props {
  readonly result: QueryResult;
  readonly choice: ChartChoice;
}

function TimeChart({ result, choice }: Props) {
  const columns = useMemo(() => timeColumns(result, choice), [result, choice]);
  const [zoomed, setZoomed] = useState<TimeRange>();
  useEffect(() => {
    setZoomed(undefined);
  }, [result]);
  const [from, to] = [columns.starts[0]!, columns.starts.at(-1)!];
  const names = choice.ys.map((y) => result.columns[y]!.name);
  return (
    <>
      <Chart
        label={`${names.join(', ')} over ${result.columns[choice.x]!.name}`}
        columns={columns}
        series={names.map((name, index) => ({ name, colour: index + 1 }))}
        range={zoomed ?? aroundInstant({ from, to })}
        height={HEIGHT}
        kind="lines"
        onZoom={setZoomed}
      />
      {zoomed !== undefined && (
        <Button
          onClick={() => {
            setZoomed(undefined);
          }}
        >
          Show all
        </Button>
      )}
    </>
  );
}

function BarChart({ result, choice }: Props) {
  const bars = useMemo(() => barsOf(result, choice), [result, choice]);
  const shown = bars.slice(0, MOST_BARS);
  const most = Math.max(...shown.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  return (
    <figure class="bars">
      <figcaption class="muted">
        {result.columns[choice.ys[0]!]!.name}
        {choice.x >= 0 && ` by ${result.columns[choice.x]!.name}`}
        {bars.length > MOST_BARS && `, the first ${MOST_BARS} of ${formatCount(bars.length)}`}
      </figcaption>
      <ul>
        {shown.map((bar, index) => (
          <BarItem key={index} bar={bar} share={Math.abs(bar.value) / most} />
        ))}
      </ul>
    </figure>
  );
}

function BarItem({ bar: { name, value, text }, share }: { readonly bar: Bar; readonly share: number }) {
  return (
    <li>
      <span class="bar-name" title={name}>
        {name}
      </span>
      <svg
        class={value < 0 ? 'bar-track bar-negative' : 'bar-track'}
        viewBox="0 0 100 10"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <rect width={(share * 100).toFixed(2)} height="10" />
      </svg>
      <span class="bar-value numbers">{text}</span>
    </li>
  );
}
