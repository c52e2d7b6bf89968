import { Gauge, type Registry } from 'prom-client';

/** What the gauges read each time they are collected. */
export interface StateSources {
  readonly queue: () => { readonly appends: number; readonly bytes: number };
  /** Whether the last commit has succeeded. */
  readonly writable: () => boolean;
  readonly storage: () => { readonly databaseBytes: number; readonly logBytes: number };
  /** Rejects when the store cannot read. */
  readonly backlog: () => Promise<{ readonly topics: number; readonly removals: number; readonly records: number }>;
  /** Of the file system of the data directory. */
  readonly disk: () => Promise<{ readonly freeBytes: number; readonly sizeBytes: number }>;
  readonly sql: () => { readonly running: number; readonly waiting: number };
  readonly heldBytes: () => number;
  readonly anonymousSockets: () => number;
  readonly waitingBodies: () => number;
  readonly waitingWork: () => number;
  /** Readers that follow topics live, and bytes of events that are kept for them. */
  readonly followers: () => number;
  readonly feedBytes: () => number;
  /** How many of them are how far behind. */
  readonly lags: () => Readonly<Record<string, number>>;
  /** Readers of listings of topics and streams. */
  readonly listingReaders: () => number;
  readonly activeStreams: () => number;
  /** What hub connections subscribe to. */
  readonly subscriptions: () => number;
  /** Other hubs of the same store that are heard, and requests of their connections that are passed on to them. */
  readonly otherHubs: () => number;
  readonly forwarded: () => number;
  /** Records of Kafka that no hub has written. */
  readonly foreignRecords: () => number;
  /** Records of Kafka that were deleted as no view keeps them, and bytes of the texts in them. */
  readonly deletedRecords: () => number;
  readonly deletedBytes: () => number;
  /** Hubs that are asked for what there is no view of here, hubs that ask this one, and calls under way. */
  readonly viewHubs: () => number;
  readonly viewCallers: () => number;
  readonly viewCalls: () => number;
}

/** How much of something there is that a limit bounds for all callers together. */
export interface Budget {
  /** Bounded: a name of the table in docs/limits.md, not of a caller. */
  readonly name: string;
  readonly used: () => number | Promise<number>;
  /** 0: there is no limit. */
  readonly limit: () => number;
}

type Gauges = Readonly<Record<string, readonly [help: string, read: () => number | Promise<number>]>>;

/** Registers a gauge for each thing that is read, when it is asked for. */
export function registerState(sources: StateSources, registry: Registry): void {
  registerGauges(storeGauges(sources), registry);
  registerGauges(workGauges(sources), registry);
  registerGauges(readerGauges(sources), registry);
  registerGauges(hubGauges(sources), registry);
  new Gauge({
    name: 'writer_hub_feed_readers',
    help: 'Live readers of events by how far they are behind: live, kept (in memory), stored (they read from disk).',
    labelNames: ['lag'] as const,
    registers: [registry],
    collect() {
      for (const [lag, count] of Object.entries(sources.lags())) this.set({ lag }, count);
    },
  });
}

/** Registers `used` and `limit` of all budgets: their ratio says how near a limit is, whatever it counts. */
export function registerBudgets(budgets: readonly Budget[], registry: Registry): void {
  const labelNames = ['budget'] as const;
  new Gauge({
    name: 'writer_hub_budget_used',
    help: 'How much is used of what callers share, in bytes or pieces as its limit is, by budget.',
    labelNames,
    registers: [registry],
    async collect() {
      await Promise.all(
        budgets.map(async ({ name, used }) => {
          this.set({ budget: name }, await orUnknown(used));
        }),
      );
    },
  });
  new Gauge({
    name: 'writer_hub_budget_limit',
    help: 'How much of it there may be; +Inf: as much as there is room for.',
    labelNames,
    registers: [registry],
    collect() {
      for (const { name, limit } of budgets) this.set({ budget: name }, limit() || Infinity);
    },
  });
}

function storeGauges({ queue, writable, storage, backlog, disk, sql }: StateSources): Gauges {
  return {
    queue_bytes: ['Bytes of events waiting for a commit.', () => queue().bytes],
    queue_appends: ['Batches of events waiting for a commit.', () => queue().appends],
    store_writable: ['Whether the last commit has succeeded: 1 or 0.', () => Number(writable())],
    database_bytes: ['Bytes of the database file.', () => storage().databaseBytes],
    log_bytes: ['Bytes of the write-ahead log of the database.', () => storage().logBytes],
    disk_free_bytes: ['Bytes that are free for the server where its data lie.', () => disk().then((d) => d.freeBytes)],
    disk_size_bytes: ['Bytes of the file system where its data lie.', () => disk().then((d) => d.sizeBytes)],
    removals_waiting: [
      'Removed topics, streams and tables that are still on disk.',
      () => backlog().then((counts) => counts.removals),
    ],
    retention_waiting: [
      'Events and rows, about, that are kept no longer and are still on disk.',
      () => backlog().then((counts) => counts.records),
    ],
    sql_running: ['SQL queries that run.', () => sql().running],
    sql_waiting: ['SQL queries that wait for a process.', () => sql().waiting],
  };
}

function workGauges(sources: StateSources): Gauges {
  return {
    held_bytes: ['Bytes held for callers: bodies and answers not taken yet.', sources.heldBytes],
    anonymous_sockets: ['Connections that have shown no valid token yet.', sources.anonymousSockets],
    waiting_bodies: ['Large bodies that wait for a thread.', sources.waitingBodies],
    waiting_work: ['Requests and bodies that wait for their turn of the main thread.', sources.waitingWork],
  };
}

function readerGauges(sources: StateSources): Gauges {
  return {
    followers: ['Readers that follow topics live.', sources.followers],
    feed_bytes: ['Bytes of the latest events that are kept for them.', sources.feedBytes],
    listing_readers: ['Readers that follow listings of topics and streams.', sources.listingReaders],
    active_streams: ['Streams that are known as active.', sources.activeStreams],
    subscriptions: ['What hub connections subscribe to.', sources.subscriptions],
  };
}

function hubGauges(sources: StateSources): Gauges {
  const { otherHubs, forwarded, foreignRecords, deletedRecords, deletedBytes, viewHubs, viewCallers, viewCalls } =
    sources;
  return {
    other_hubs: ['Other hubs of the same store that are heard; 0 of a hub that is alone.', otherHubs],
    forwarded_requests: ['Requests and WebSockets that are passed on to the hub of their connection.', forwarded],
    foreign_records: [
      'Records of Kafka that no hub has written, and that were left out since the start.',
      foreignRecords,
    ],
    kafka_deleted_records: [
      'Records that this hub has deleted from Kafka since the start, as no view keeps what was in them.',
      deletedRecords,
    ],
    kafka_deleted_bytes: ['Bytes of the texts that were stored with them.', deletedBytes],
    view_hubs: ['Hubs that can be asked for topics of which this one has no view.', viewHubs],
    view_callers: ['Hubs that ask this one for topics of which they have no view.', viewCallers],
    view_calls: ['Calls to other hubs that wait for their answers.', viewCalls],
  };
}

function registerGauges(gauges: Gauges, registry: Registry): void {
  for (const [name, [help, read]] of Object.entries(gauges)) {
    new Gauge({
      name: `writer_hub_${name}`,
      help,
      registers: [registry],
      async collect() {
        this.set(await orUnknown(read));
      },
    });
  }
}

/** What cannot be read, as by a store that is closed, is not a number: the others are told all the same. */
async function orUnknown(read: () => number | Promise<number>): Promise<number> {
  try {
    return await read();
  } catch {
    return NaN;
  }
}
