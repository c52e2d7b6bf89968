import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { SqlEngine } from '../store/contract/sql-engine';
import { OPEN_METRICS_TYPE, TEXT_TYPE, toOpenMetrics, wantsOpenMetrics } from './exposition';
import { DurationHistogram, type DurationSeries } from './duration-histogram';
import { HubMetrics } from './hub-metrics';
import { IntakeMetrics } from './intake-metrics';
import { RefusalMetrics } from './refusal-metrics';
import { ReloadMetrics } from './reload-metrics';
import { RequestMetrics, type MeasuredRoute } from './request-metrics';
import { SqlMetrics } from './sql-metrics';
import { type Budget, registerBudgets, registerState, type StateSources } from './state-metrics';

/** Gauges of prom-client that are called like counters, and say little. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export interface MetricsOptions {
  /** Of this server. */
  readonly version: string;
  /** Whatever requests can be for. */
  readonly routes: readonly MeasuredRoute[];
  readonly state: StateSources;
  readonly budgets: readonly Budget[];
}

/** What `GET /metrics` answers. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/**
 * Everything that is counted and measured. Names of topics, streams and subjects never appear in it, and every label
 * has values that are known before. They begin at 0, but for durations by route, method and outcome, which are many.
 */
export class Metrics {
  readonly requests: RequestMetrics;
  readonly hub: HubMetrics;
  readonly intake: IntakeMetrics;
  readonly refusals: RefusalMetrics;
  readonly reloads: ReloadMetrics;
  readonly #registry = new Registry();
  readonly #sql: SqlMetrics;
  readonly #delays: DurationSeries;
  readonly #durations: readonly { readonly text: string }[];

  constructor({ version, routes, state, budgets }: MetricsOptions) {
    const registry = this.#registry;
    this.requests = new RequestMetrics(routes);
    this.hub = new HubMetrics(registry);
    this.intake = new IntakeMetrics(registry);
    this.refusals = new RefusalMetrics(registry);
    this.reloads = new ReloadMetrics(registry);
    this.#sql = new SqlMetrics();
    const delays = new DurationHistogram({
      name: 'writer_hub_feed_delay_seconds',
      help: 'Time from the acknowledgement of events to their delivery to a live reader, once for each batch and reader.',
      labelNames: [],
    });
    this.#delays = delays.series({});
    this.#durations = [
      ...[this.requests.durations, this.hub.durations, ...this.intake.durations, this.#sql.durations, delays],
    ];
    registerState(state, registry);
    registerBudgets(budgets, registry);
    const build = { version, node: process.versions.node };
    new Gauge({
      name: 'writer_hub_build_info',
      help: 'Always 1; the labels say which version runs on which Node.js.',
      labelNames: Object.keys(build),
      registers: [registry],
    }).set(build, 1);
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
  }

  /** In the form that `Accept` asks for: OpenMetrics, or the Prometheus text format. */
  async expose(accept: string | undefined): Promise<Exposition> {
    const counted = await this.#registry.metrics();
    const text = [counted, ...this.#durations.map((durations) => durations.text)].join('\n');
    if (!wantsOpenMetrics(accept)) return { contentType: TEXT_TYPE, text };
    return { contentType: OPEN_METRICS_TYPE, text: toOpenMetrics(text) };
  }

  /** A live reader was given events that were acknowledged so many milliseconds ago. */
  delivered(delay: number): void {
    this.#delays.add(delay / 1000);
  }

  /** The same engine, whose queries are measured. */
  watchSql(engine: SqlEngine): SqlEngine {
    return this.#sql.watch(engine);
  }
}
