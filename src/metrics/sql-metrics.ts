import { type ErrorCode, WriterHubError } from '../errors';
import type { SqlEngine, SqlQuery, SqlResult } from '../store/contract/sql-engine';
import { DurationHistogram, type DurationSeries } from './duration-histogram';

/** The codes that queries end with, besides `completed`; whatever else goes wrong is `internal`. */
const CODES = [
  'invalid_sql',
  'forbidden',
  'unknown_data_source',
  'query_timeout',
  'result_too_large',
  'store_busy',
  'over_share',
  'store_unavailable',
  'internal',
] as const satisfies readonly ErrorCode[];

/** How long queries take, with their wait for a process. */
export class SqlMetrics {
  readonly durations: DurationHistogram<'outcome'>;
  readonly #series: ReadonlyMap<string, DurationSeries>;

  constructor() {
    const name = 'writer_hub_sql_seconds';
    const help = 'Time of SQL queries with their wait for a process, by outcome: completed, or the code of the error.';
    const durations = new DurationHistogram({ name, help, labelNames: ['outcome'], sparse: true });
    this.durations = durations;
    this.#series = new Map(['completed', ...CODES].map((outcome) => [outcome, durations.series({ outcome })]));
  }

  /** The same engine, whose queries are measured. */
  watch(engine: SqlEngine): SqlEngine {
    const { formats } = engine;
    return { formats, query: (query) => this.#query(engine, query), close: () => engine.close() };
  }

  async #query(engine: SqlEngine, query: SqlQuery): Promise<SqlResult> {
    const started = performance.now();
    try {
      const result = await engine.query(query);
      this.#ended('completed', started);
      return result;
    } catch (error) {
      this.#ended(error instanceof WriterHubError ? error.code : 'internal', started);
      throw error;
    }
  }

  #ended(outcome: string, started: number): void {
    const series = this.#series.get(outcome) ?? this.#series.get('internal');
    series?.add((performance.now() - started) / 1000);
  }
}
