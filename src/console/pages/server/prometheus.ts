/** A value of a metric with its labels. */
export interface Sample {
  /** With `_bucket`, `_sum`, `_count` or `_total`, as it is written. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a server says of itself at one moment: its samples by name. */
export class Scrape {
  readonly #samples = new Map<string, Sample[]>();
  /** When it was read, in milliseconds of `performance.now()`. */
  readonly at: number;

  constructor(samples: Iterable<Sample>, at: number) {
    this.at = at;
    for (const sample of samples) {
      const known = this.#samples.get(sample.name);
      if (known === undefined) this.#samples.set(sample.name, [sample]);
      else known.push(sample);
    }
  }

  /** All samples of a name; none if the server does not have the metric. */
  samples(name: string): readonly Sample[] {
    return this.#samples.get(name) ?? [];
  }

  /** The sum over all labels; `undefined` if the server does not have the metric. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const found = this.samples(name).filter((sample) => hasLabels(sample, labels));
    return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
  }

  /** The sums by the values of one label. */
  by(name: string, label: string): Map<string, number> {
    const sums = new Map<string, number>();
    for (const { labels, value } of this.samples(name)) {
      const key = labels[label] ?? '';
      sums.set(key, (sums.get(key) ?? 0) + value);
    }
    return sums;
  }
}

export function hasLabels({ labels }: Sample, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

/** Name, labels, value; what may follow is a time and an exemplar. */
const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*?)\})?[ \t]+([^ \t#]+)/s;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/gs;

/**
 * The samples of a text in the Prometheus text format 0.0.4 or OpenMetrics 1.0
 * (https://prometheus.io/docs/instrumenting/exposition_formats). Lines that are neither are left out.
 */
export function* samplesOf(text: string): Iterable<Sample> {
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    const [, name, labels = '', value] = LINE.exec(withoutBraces(line)) ?? [];
    if (name === undefined || value === undefined) continue;
    yield { name, labels: labelsOf(labels), value: numberOf(value) };
  }
}

/** A `}` in the value of a label is not the end of the labels: it is escaped for the pattern above, and read back. */
function withoutBraces(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"/gs, (text) => text.replaceAll('}', '\\}'));
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name, value] of text.matchAll(LABEL)) {
    labels[name!] = value!.replace(/\\(.)/gs, (_, sign: string) => (sign === 'n' ? '\n' : sign));
  }
  return labels;
}

function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}
