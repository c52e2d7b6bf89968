import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { DelayHistogram } from './delay-histogram';
import type { ErrorCode } from './errors';
import { LIMIT_NAMES, type LimitName } from './limits/limit-watch';
import type { LimitName as HubLimitName } from './signalr';

/** What the gauges read each time they are collected. */
export interface MetricsSources {
  readonly queue: () => { readonly appends: number; readonly bytes: number };
  readonly storage: () => { readonly databaseBytes: number; readonly logBytes: number };
  readonly backlog: () => Promise<{ readonly removals: number; readonly records: number }>;
  readonly connections: () => number;
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
}

/** What becomes of a configuration that is read again. */
export const RELOAD_RESULTS = ['success', 'failure'] as const;

export type ReloadResult = (typeof RELOAD_RESULTS)[number];

/** What `GET /metrics` returns, in the Prometheus text format. Names of topics and streams never appear in it. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #events = this.#counter('events_total', 'Events stored, committed and synced.');
  readonly #bytes = this.#counter('event_bytes_total', 'Bytes of the JSON text of those events.');
  readonly #appends = this.#counter('appends_total', 'Batches of events stored.');
  readonly #rows = this.#counter('rows_total', 'Rows stored in data sources, committed and synced.');
  readonly #quarantined = this.#counter('rows_quarantined_total', 'Rows that did not fit and were quarantined.');
  readonly #givenUp = this.#counter('rows_given_up_total', 'Rows answered 202 that could not be stored after all.');
  readonly #early = this.#counter('early_timestamps_total', 'Events with timestamps in January 1970: of another unit?');
  readonly #refusals = new Counter({
    name: 'writer_hub_errors_total',
    help: 'Requests and invocations answered with an error, by code.',
    labelNames: ['code'] as const,
    registers: [this.#registry],
  });
  readonly #strikes = new Counter({
    name: 'writer_hub_limit_strikes_total',
    help: 'How often a limit that callers share, or a deadline, has struck, by limit.',
    labelNames: ['limit'] as const,
    registers: [this.#registry],
  });
  readonly #requests = new Counter({
    name: 'writer_hub_http_requests_total',
    help: 'HTTP requests answered, by verb and status.',
    labelNames: ['method', 'status'] as const,
    registers: [this.#registry],
  });
  /** By verb and status: finding a counter by its labels takes longer than everything else a small request needs. */
  readonly #requestCounters = new Map<string, Counter.Internal>();
  readonly #commits = new Histogram({
    name: 'writer_hub_commit_seconds',
    help: 'Time of a commit, synced.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [this.#registry],
  });

  readonly #delays = new DelayHistogram(
    'writer_hub_feed_delay_seconds',
    'Time from the acknowledgement of events to their delivery to a live reader, once for each batch and reader.',
    this.#registry,
  );

  readonly #reloads = new Counter({
    name: 'writer_hub_config_reloads_total',
    help: 'How often the configuration was read again, by result: success, or failure, when the old one was kept.',
    labelNames: ['result'] as const,
    registers: [this.#registry],
  });
  readonly #reloadSucceeded = new Gauge({
    name: 'writer_hub_config_last_reload_successful',
    help: 'Whether the configuration could be used when it was read last: 1 or 0.',
    registers: [this.#registry],
  });
  readonly #reloadedAt = new Gauge({
    name: 'writer_hub_config_last_reload_success_timestamp_seconds',
    help: 'When the configuration in force was read.',
    registers: [this.#registry],
  });

  constructor(sources: MetricsSources) {
    for (const result of RELOAD_RESULTS) this.#reloads.inc({ result }, 0);
    this.#noteReload(true);
    this.#gauge('queue_bytes', 'Bytes of events waiting for a commit.', () => sources.queue().bytes);
    this.#gauge('queue_appends', 'Batches of events waiting for a commit.', () => sources.queue().appends);
    this.#gauge('held_bytes', 'Bytes held for callers: bodies and answers not taken yet.', sources.heldBytes);
    this.#gauge('anonymous_sockets', 'Connections that have shown no valid token yet.', sources.anonymousSockets);
    for (const limit of LIMIT_NAMES) this.#strikes.inc({ limit }, 0);
    this.#gauge('database_bytes', 'Bytes of the database file.', () => sources.storage().databaseBytes);
    this.#gauge('log_bytes', 'Bytes of the write-ahead log of the database.', () => sources.storage().logBytes);
    const backlog = (part: 'removals' | 'records') => () =>
      sources.backlog().then(
        (counts) => counts[part],
        // A store that cannot read does not say.
        () => NaN,
      );
    this.#gauge('removals_waiting', 'Removed topics, streams and tables that are still on disk.', backlog('removals'));
    this.#gauge(
      'retention_waiting',
      'Events and rows, about, that are kept no longer and are still on disk.',
      backlog('records'),
    );
    this.#gauge('hub_connections', 'Open hub connections.', sources.connections);
    this.#gauge('waiting_bodies', 'Large bodies that wait for a thread.', sources.waitingBodies);
    this.#gauge(
      'waiting_work',
      'Requests and bodies that wait for their turn of the main thread.',
      sources.waitingWork,
    );
    this.#gauge('followers', 'Readers that follow topics live.', sources.followers);
    this.#gauge('feed_bytes', 'Bytes of the latest events that are kept for them.', sources.feedBytes);
    this.#gauge('listing_readers', 'Readers that follow listings of topics and streams.', sources.listingReaders);
    this.#gauge('active_streams', 'Streams that are known as active.', sources.activeStreams);
    new Gauge({
      name: 'writer_hub_feed_readers',
      help: 'Live readers of events by how far they are behind: live, kept (in memory), stored (they read from disk).',
      labelNames: ['lag'] as const,
      registers: [this.#registry],
      collect() {
        for (const [lag, count] of Object.entries(sources.lags())) this.set({ lag }, count);
      },
    });
    this.#gauge('subscriptions', 'What hub connections subscribe to.', sources.subscriptions);
    collectDefaultMetrics({ register: this.#registry });
  }

  /** The media type of `text()`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  commit(commit: { appends: number; records: number; bytes: number; milliseconds: number }): void {
    this.#appends.inc(commit.appends);
    this.#events.inc(commit.records);
    this.#bytes.inc(commit.bytes);
    this.#commits.observe(commit.milliseconds / 1000);
  }

  /** A live reader was given events that were acknowledged so many milliseconds ago. */
  delivered(delay: number): void {
    this.#delays.add(delay / 1000);
  }

  rowsStored({ rows, quarantined }: { readonly rows: number; readonly quarantined: number }): void {
    if (rows > 0) this.#rows.inc(rows);
    if (quarantined > 0) this.#quarantined.inc(quarantined);
  }

  rowsGivenUp(rows: number): void {
    this.#givenUp.inc(rows);
  }

  earlyTimestamps(count: number): void {
    this.#early.inc(count);
  }

  strike(limit: LimitName): void {
    this.#strikes.inc({ limit });
  }

  error(code: ErrorCode): void {
    this.#refusals.inc({ code });
  }

  hubStrike(limit: HubLimitName): void {
    this.#strikes.inc({ limit: `hub_${limit.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}` });
  }

  /** The configuration was read again. */
  configReloaded(result: ReloadResult): void {
    this.#reloads.inc({ result });
    this.#noteReload(result === 'success');
  }

  #noteReload(succeeded: boolean): void {
    this.#reloadSucceeded.set(succeeded ? 1 : 0);
    if (succeeded) this.#reloadedAt.setToCurrentTime();
  }

  request(method: string, status: number): void {
    const name = `${method} ${status}`;
    let counter = this.#requestCounters.get(name);
    if (counter === undefined) {
      counter = this.#requests.labels({ method, status });
      this.#requestCounters.set(name, counter);
    }
    counter.inc();
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name: `writer_hub_${name}`, help, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name: `writer_hub_${name}`,
      help,
      registers: [this.#registry],
      async collect() {
        this.set(await read());
      },
    });
  }
}
