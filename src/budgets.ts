import type { Config, OptionName } from './config';
import type { Budget } from './metrics/state-metrics';

/**
 * The budgets that all callers share, by the name of the metrics' label, and the options that set them. What an option
 * bounds for each message, connection, topic or second has no single value, and is not among them.
 */
export const BUDGETS = {
  topics: 'maxTopics',
  database_bytes: 'maxDatabaseBytes',
  log_bytes: 'maxLogBytes',
  held_bytes: 'maxHeldBytes',
  queue_bytes: 'maxQueueBytes',
  waiting_bodies: 'maxWaitingBodies',
  work_threads: 'workThreads',
  followers: 'maxFollowers',
  feed_bytes: 'feedBufferBytes',
  active_streams: 'maxActiveStreams',
  anonymous_sockets: 'maxAnonymousSockets',
  remembered_tokens: 'tokenMemory',
  sql_queries: 'sqlProcesses',
  hub_connections: 'maxConnections',
} as const satisfies Record<string, OptionName>;

export type BudgetName = keyof typeof BUDGETS;

/** Reads how much of each budget is used. */
export type BudgetUse = Readonly<Record<BudgetName, Budget['used']>>;

/** The budgets of a server, as `config` has them; `limits` are those that are not simply what their option says. */
export function budgetsOf(
  config: () => Config,
  use: BudgetUse,
  limits: Partial<Record<BudgetName, Budget['limit']>>,
): Budget[] {
  return Object.entries(BUDGETS).map(([name, option]) => ({
    name,
    used: use[name as BudgetName],
    limit: limits[name as BudgetName] ?? (() => config()[option]),
  }));
}
