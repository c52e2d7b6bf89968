/** A sample of the Prometheus text format. */
interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

/** What a server says at `/metrics`: samples by name. https://prometheus.io/docs/instrumenting/exposition_formats/ */
export class MetricSamples {
  readonly #samples: readonly Sample[];

  constructor(text: string) {
    this.#samples = text.split('\n').flatMap((line) => {
      const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/s.exec(line) ?? [];
      return name === undefined ? [] : [{ name, labels, value: Number(value) }];
    });
  }

  /** The sum of all samples of a name; `null` where there is none, or its value is not known. */
  sum(name: string): number | null {
    const samples = this.#samples.filter((sample) => sample.name === name);
    const sum = samples.reduce((total, { value }) => total + value, 0);
    return samples.length === 0 || Number.isNaN(sum) ? null : sum;
  }

  /** Values of a name by a label of theirs, those that are not 0. */
  by(name: string, label: string): Record<string, number> {
    const values: Record<string, number> = {};
    for (const sample of this.#samples) {
      const [, value] = sample.name === name ? (new RegExp(`(?:^|,)${label}="([^"]*)"`).exec(sample.labels) ?? []) : [];
      if (value !== undefined && sample.value > 0) values[value] = (values[value] ?? 0) + sample.value;
    }
    return values;
  }
}
