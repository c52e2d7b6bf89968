import type { Scrape } from './prometheus';
import { growth, quantileOf } from './rates';

/** What was asked of one route, or one method of the hub, between two scrapes. */
export interface AskedRoute {
  readonly name: string;
  /** A second. */
  readonly rate: number;
  /** Seconds. */
  readonly median: number | undefined;
  readonly p99: number | undefined;
}

/** Routes that are listed. */
const MOST_ROUTES = 12;

/** The routes and methods that were asked most since the first scrape. */
export function askedRoutes(first: Scrape, now: Scrape): readonly AskedRoute[] {
  const asked = [
    ...asksOf(first, now, 'writer_hub_http_request_seconds', ['method', 'route']),
    ...asksOf(first, now, 'writer_hub_invocation_seconds', ['method']),
  ];
  return asked.sort((a, b) => b.rate - a.rate).slice(0, MOST_ROUTES);
}

function asksOf(first: Scrape, now: Scrape, name: string, labelNames: readonly string[]): AskedRoute[] {
  const groups = new Map<string, Record<string, string>>();
  for (const { labels } of now.samples(`${name}_count`)) {
    const chosen = Object.fromEntries(labelNames.map((label) => [label, labels[label] ?? '']));
    groups.set(Object.values(chosen).join(' '), chosen);
  }
  const seconds = Math.max(now.at - first.at, 1) / 1000;
  return [...groups].flatMap(([text, labels]) => {
    const count = growth(first.sum(`${name}_count`, labels) ?? 0, now.sum(`${name}_count`, labels) ?? 0);
    if (count === 0) return [];
    const quantile = (share: number): number | undefined => quantileOf(first, now, name, { quantile: share, labels });
    return [{ name: text, rate: count / seconds, median: quantile(0.5), p99: quantile(0.99) }];
  });
}
