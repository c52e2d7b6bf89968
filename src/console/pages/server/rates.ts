import { hasLabels, type Sample, type Scrape } from './prometheus';

/**
 * By how much a counter grew a second between two scrapes; `undefined` if the server does not have it. A counter that
 * is smaller than before began anew, with the server.
 */
export function rateOf(
  before: Scrape,
  now: Scrape,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const value = now.sum(name, labels);
  if (value === undefined) return undefined;
  return growth(before.sum(name, labels) ?? 0, value) / secondsBetween(before, now);
}

/**
 * The value below which the share `quantile` of what a histogram observed between two scrapes lies, as
 * `histogram_quantile` of Prometheus finds it: in a straight line within its bucket. `undefined` if nothing was
 * observed; the upper bound of the last bucket but one if it is beyond.
 */
export function quantileOf(
  before: Scrape,
  now: Scrape,
  name: string,
  { quantile, labels = {} }: { readonly quantile: number; readonly labels?: Readonly<Record<string, string>> },
): number | undefined {
  const buckets = bucketsBetween(before, now, name, labels);
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return undefined;
  const rank = quantile * total;
  const at = buckets.findIndex(({ count }) => count >= rank);
  const { bound, count } = buckets[at]!;
  const { bound: lower, count: below } = at === 0 ? { bound: 0, count: 0 } : buckets[at - 1]!;
  if (bound === Infinity) return at === 0 ? undefined : lower;
  return lower + ((bound - lower) * (rank - below)) / (count - below);
}

/** Observations of a histogram up to a bound, both as of Prometheus: each bucket holds those before it. */
interface Bucket {
  readonly bound: number;
  readonly count: number;
}

function bucketsBetween(
  before: Scrape,
  now: Scrape,
  name: string,
  labels: Readonly<Record<string, string>>,
): readonly Bucket[] {
  const earlier = bucketCounts(before.samples(`${name}_bucket`), labels);
  const later = bucketCounts(now.samples(`${name}_bucket`), labels);
  const isNew = [...later].some(([bound, count]) => count < (earlier.get(bound) ?? 0));
  return [...later]
    .map(([bound, count]) => ({ bound, count: isNew ? count : count - (earlier.get(bound) ?? 0) }))
    .sort((a, b) => a.bound - b.bound);
}

function bucketCounts(samples: readonly Sample[], labels: Readonly<Record<string, string>>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const sample of samples) {
    if (!hasLabels(sample, labels)) continue;
    const bound = sample.labels['le'] === '+Inf' ? Infinity : Number(sample.labels['le']);
    counts.set(bound, (counts.get(bound) ?? 0) + sample.value);
  }
  return counts;
}

/** How much a counter has grown. */
export function growth(before: number, now: number): number {
  return now < before ? now : now - before;
}

function secondsBetween(before: Scrape, now: Scrape): number {
  return Math.max(now.at - before.at, 1) / 1000;
}
