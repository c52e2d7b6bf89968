/** Upper bounds of the buckets, in seconds: an acknowledgement on a good disk takes less than 5 ms. */
const BOUNDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

const LE = [...BOUNDS.map(String), '+Inf'];

/** What a histogram is called. */
export interface DurationMetric<Label extends string> {
  /** Ends in `_seconds`. */
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  /**
   * Of many series, most of which never measure anything: they are shown from their first duration on. The first one is
   * always shown, so that a sum over all of them is 0 and not nothing.
   */
  readonly sparse?: boolean;
}

/** The durations with certain values of the labels. `add` is a few comparisons. */
export class DurationSeries {
  readonly #counts = new Float64Array(LE.length);
  #sum = 0;
  #isUsed = false;
  /** The lines of the text format, without their values. */
  readonly #buckets: readonly string[];
  readonly #sumLine: string;
  readonly #countLine: string;

  /** `labels` as they stand between the braces; may be empty. */
  constructor(name: string, labels: string) {
    const more = labels === '' ? '' : `,${labels}`;
    const all = labels === '' ? '' : `{${labels}}`;
    this.#buckets = LE.map((le) => `${name}_bucket{le="${le}"${more}} `);
    this.#sumLine = `${name}_sum${all} `;
    this.#countLine = `${name}_count${all} `;
  }

  add(seconds: number): void {
    let bucket = 0;
    while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]!) bucket++;
    this.#counts[bucket]! += 1;
    this.#sum += seconds;
    this.#isUsed = true;
  }

  /** Whether it has measured anything. */
  get isUsed(): boolean {
    return this.#isUsed;
  }

  /** The lines of the text format. */
  get text(): string {
    let [text, count] = ['', 0];
    for (const [bucket, line] of this.#buckets.entries()) {
      count += this.#counts[bucket]!;
      text += `${line}${count}\n`;
    }
    return `${text}${this.#sumLine}${this.#sum}\n${this.#countLine}${count}\n`;
  }
}

/**
 * A histogram whose series are found once and then kept by whoever adds to them. That of prom-client finds them by
 * their labels each time, which takes ten times as long as all else, and writes its text more slowly.
 */
export class DurationHistogram<Label extends string = never> {
  readonly #metric: DurationMetric<Label>;
  readonly #series: DurationSeries[] = [];

  constructor(metric: DurationMetric<Label>) {
    this.#metric = metric;
  }

  /** Makes a series, which begins at 0. There is one for each set of values, none of which needs to be escaped. */
  series(labels: Readonly<Record<Label, string>>): DurationSeries {
    const { name, labelNames } = this.#metric;
    const series = new DurationSeries(name, labelNames.map((label) => `${label}="${labels[label]}"`).join(','));
    this.#series.push(series);
    return series;
  }

  /** In the Prometheus text format, which OpenMetrics has as well. */
  get text(): string {
    const { name, help, sparse = false } = this.#metric;
    const shown = this.#series.filter(({ isUsed }, index) => isUsed || !sparse || index === 0);
    return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${shown.map(({ text }) => text).join('')}`;
  }
}
