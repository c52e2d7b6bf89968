import type { Scrape } from './prometheus';
import { growth } from './rates';

/** Why things were refused, and how often. */
export interface Reason {
  readonly reason: string;
  /** Since the server was started. */
  readonly total: number;
  /** Since this page was opened. */
  readonly recent: number;
}

/** What was refused by one metric, the most frequent of late first; what never happened is left out. */
export function reasonsOf(
  first: Scrape,
  now: Scrape,
  { name, label }: { readonly name: string; readonly label: string },
) {
  const before = first.by(name, label);
  return [...now.by(name, label)]
    .filter(([, total]) => total > 0)
    .map(([reason, total]): Reason => ({ reason, total, recent: growth(before.get(reason) ?? 0, total) }))
    .sort((a, b) => b.recent - a.recent || b.total - a.total || a.reason.localeCompare(b.reason));
}
