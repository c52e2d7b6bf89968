import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import { budgetsOf } from './budgets';
import type { Config } from './config';
import { lagsOf, type Lag } from './feed/feed';
import { ROUTES } from './http/routes/route-table';
import { Metrics } from './metrics/metrics';
import type { Budget, StateSources } from './metrics/state-metrics';
import { version } from './version';

/** Readers of one kind, and what is kept for them. */
interface MeasuredFeed {
  readonly readers: number;
  readonly bytes: number;
}

/** The parts of a server that are asked how much they hold when somebody reads its metrics. */
export interface MeasuredParts {
  readonly store: {
    readonly queue: ReturnType<StateSources['queue']>;
    readonly writable: boolean;
    readonly storage: ReturnType<StateSources['storage']>;
    backlog(): ReturnType<StateSources['backlog']>;
    readonly foreign?: { readonly count: number };
    readonly shortened?: { readonly records: number; readonly bytes: number };
    readonly division?: { readonly hubs: number; readonly callers: number; readonly waiting: number } | undefined;
  };
  readonly sql: { readonly load: ReturnType<StateSources['sql']> } | undefined;
  readonly hub: {
    readonly connections: number;
    readonly backplane: { readonly servers: number; readonly forwarded: number } | undefined;
  };
  readonly held: { readonly used: number };
  readonly anonymous: { readonly size: number };
  readonly threads: { readonly waiting: number; readonly running: number };
  readonly turns: { readonly waiting: number };
  readonly followers: { readonly used: number };
  readonly feed: MeasuredFeed & { lags(): Record<Lag, number> };
  readonly packageFeed: MeasuredFeed & { lags(): Record<Lag, number> };
  readonly rowFeed: MeasuredFeed;
  readonly definitionFeed: { readonly readers: number };
  readonly catalogue: { readonly readers: number };
  readonly activity: { readonly activeStreams: number };
  readonly subscriptions: { readonly count: number };
  readonly verifier: { readonly remembered: number };
}

export interface ServerMetricsOptions {
  /** The options in force. */
  readonly live: { readonly current: Config };
  /** How many bytes may be held for all callers. */
  readonly heldLimit: () => number;
}

/** The metrics of a server. `parts` is called once it is complete. */
export function createMetrics(options: ServerMetricsOptions, parts: () => MeasuredParts): Metrics {
  return new Metrics({ version, routes: ROUTES, state: stateOf(options, parts), budgets: budgets(options, parts) });
}

function stateOf({ live }: ServerMetricsOptions, parts: () => MeasuredParts): StateSources {
  const dataDir = resolve(live.current.dataDir);
  return {
    queue: () => parts().store.queue,
    writable: () => parts().store.writable,
    storage: () => parts().store.storage,
    backlog: () => parts().store.backlog(),
    disk: async () => {
      const { bavail, blocks, bsize } = await statfs(dataDir);
      return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
    },
    sql: () => parts().sql?.load ?? { running: 0, waiting: 0 },
    heldBytes: () => parts().held.used,
    anonymousSockets: () => parts().anonymous.size,
    waitingBodies: () => parts().threads.waiting,
    waitingWork: () => parts().turns.waiting,
    followers: () => {
      const { feed, packageFeed, rowFeed, definitionFeed } = parts();
      return feed.readers + packageFeed.readers + rowFeed.readers + definitionFeed.readers;
    },
    feedBytes: () => feedBytes(parts()),
    lags: () => lagsOf(parts().feed, parts().packageFeed),
    listingReaders: () => parts().catalogue.readers,
    activeStreams: () => parts().activity.activeStreams,
    subscriptions: () => parts().subscriptions.count,
    otherHubs: () => parts().hub.backplane?.servers ?? 0,
    forwarded: () => parts().hub.backplane?.forwarded ?? 0,
    viewHubs: () => parts().store.division?.hubs ?? 0,
    viewCallers: () => parts().store.division?.callers ?? 0,
    viewCalls: () => parts().store.division?.waiting ?? 0,
    foreignRecords: () => parts().store.foreign?.count ?? 0,
    deletedRecords: () => parts().store.shortened?.records ?? 0,
    deletedBytes: () => parts().store.shortened?.bytes ?? 0,
  };
}

function budgets({ live, heldLimit }: ServerMetricsOptions, parts: () => MeasuredParts): Budget[] {
  const use = {
    topics: async () => (await parts().store.backlog()).topics,
    database_bytes: () => {
      const { databaseBytes, logBytes } = parts().store.storage;
      return databaseBytes + logBytes;
    },
    log_bytes: () => parts().store.storage.logBytes,
    held_bytes: () => parts().held.used,
    queue_bytes: () => parts().store.queue.bytes,
    waiting_bodies: () => parts().threads.waiting,
    work_threads: () => parts().threads.running,
    followers: () => parts().followers.used,
    feed_bytes: () => feedBytes(parts()),
    active_streams: () => parts().activity.activeStreams,
    anonymous_sockets: () => parts().anonymous.size,
    remembered_tokens: () => parts().verifier.remembered,
    sql_queries: () => parts().sql?.load.running ?? 0,
    hub_connections: () => parts().hub.connections,
  };
  const config = (): Config => live.current;
  // The log is part of what the database may take: no more than a quarter of it.
  const logLimit = (): number => Math.min(config().maxLogBytes, config().maxDatabaseBytes / 4 || Infinity);
  return budgetsOf(config, use, { held_bytes: heldLimit, log_bytes: logLimit });
}

function feedBytes({ feed, packageFeed, rowFeed }: MeasuredParts): number {
  return feed.bytes + packageFeed.bytes + rowFeed.bytes;
}
