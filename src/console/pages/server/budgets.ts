import { formatBytes, formatCount } from '../../exact/numbers';
import type { Scrape } from './prometheus';

/** How much is used of something that is bounded. */
export interface Budget {
  readonly name: string;
  readonly used: number;
  /** Infinity: there is no limit. */
  readonly limit: number;
  /** From 0 to 1; `undefined`: there is no limit. */
  readonly share: number | undefined;
  readonly text: string;
}

/** The budgets of docs/limits.md that the server tells of, the fullest first. */
export function budgetsOf(now: Scrape): readonly Budget[] {
  const limits = now.by('writer_hub_budget_limit', 'budget');
  return [...now.by('writer_hub_budget_used', 'budget')]
    .filter(([, used]) => !Number.isNaN(used))
    .map(([name, used]) => budgetOf(name, used, limits.get(name) ?? Infinity))
    .sort((a, b) => (b.share ?? -1) - (a.share ?? -1) || a.name.localeCompare(b.name));
}

/** What the disk holds, and how much of it. */
export function spaceOf(now: Scrape): readonly Budget[] {
  const size = now.sum('writer_hub_disk_size_bytes');
  const free = now.sum('writer_hub_disk_free_bytes');
  const hasDisk = size !== undefined && free !== undefined && !Number.isNaN(size - free);
  return [
    ...(hasDisk ? [withUsed(budgetOf('disk_bytes', size - free, size))] : []),
    ...(['database', 'log'] as const).flatMap((part) => {
      const bytes = now.sum(`writer_hub_${part}_bytes`);
      const name = part === 'log' ? 'write-ahead log_bytes' : 'database file_bytes';
      return bytes === undefined || Number.isNaN(bytes) ? [] : [budgetOf(name, bytes, hasDisk ? size : Infinity)];
    }),
  ];
}

/** A disk has what is used, and what is free: a number alone may be either. */
function withUsed(budget: Budget): Budget {
  return { ...budget, text: `${budget.text} used` };
}

function budgetOf(name: string, used: number, limit: number): Budget {
  const show = /bytes/.test(name) ? formatBytes : formatCount;
  const share = Number.isFinite(limit) && limit > 0 ? Math.min(1, used / limit) : undefined;
  const text = share === undefined ? show(used) : `${show(used)} of ${show(limit)}`;
  return { name: name.replace(/_bytes$/, '').replaceAll('_', ' '), used, limit, share, text };
}
