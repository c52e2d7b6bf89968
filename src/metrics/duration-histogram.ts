import { Histogram, type LabelValues, type MetricValueWithName, type Registry } from 'prom-client';

/** Upper bounds of the buckets, in seconds: an acknowledgement on a good disk takes less than 5 ms. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** What a histogram is called. */
export interface DurationMetric<Label extends string> {
  /** Ends in `_seconds`. */
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
}

/** The durations with certain values of the labels. `add` is a few comparisons. */
export class DurationSeries {
  readonly #counts = new Float64Array(BOUNDS.length + 1);
  #sum = 0;

  add(seconds: number): void {
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket++;
    this.#counts[bucket]! += 1;
    this.#sum += seconds;
  }

  /** What the text format lists of it; `sharedLabels` is the same object each time. */
  values<Label extends string>(name: string, sharedLabels: LabelValues<Label>): SeriesValue<Label>[] {
    let count = 0;
    const values: SeriesValue<Label>[] = LE.map((labels, bucket) => {
      count += this.#counts[bucket]!;
      return { metricName: `${name}_bucket`, labels, sharedLabels, value: count };
    });
    values.push({ metricName: `${name}_sum`, labels: NO_LABELS, sharedLabels, value: this.#sum });
    values.push({ metricName: `${name}_count`, labels: NO_LABELS, sharedLabels, value: count });
    return values;
  }
}

type SeriesValue<Label extends string> = MetricValueWithName<string> & { readonly sharedLabels: LabelValues<Label> };

const LE = [...BOUNDS, '+Inf'].map((le) => ({ le }));
const NO_LABELS = {};

/**
 * A histogram whose series are looked up once and then kept by whoever adds to them: the `observe` of prom-client finds
 * them by their labels each time, which takes ten times as long as all else.
 */
export class DurationHistogram<Label extends string = never> extends Histogram<Label> {
  readonly #metric: DurationMetric<Label>;
  readonly #series: { readonly labels: LabelValues<Label>; readonly series: DurationSeries }[] = [];

  constructor(metric: DurationMetric<Label>, register: Registry) {
    super({ ...metric, buckets: BOUNDS, registers: [register] });
    this.#metric = metric;
  }

  /** Makes a series, which begins at 0. There is one for each set of values. */
  series(labels: LabelValues<Label>): DurationSeries {
    const series = new DurationSeries();
    this.#series.push({ labels, series });
    return series;
  }

  /** What the registry asks a histogram for; `get` of prom-client is made of it. */
  getForPromString(): Promise<object> {
    const { name, help } = this.#metric;
    const values = this.#series.flatMap(({ labels, series }) => series.values(name, labels));
    return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
  }
}
