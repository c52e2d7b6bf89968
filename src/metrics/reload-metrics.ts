import { Counter, Gauge, type Registry } from 'prom-client';

/** What becomes of a configuration that is read again. */
export const RELOAD_RESULTS = ['success', 'failure'] as const;

export type ReloadResult = (typeof RELOAD_RESULTS)[number];

/** How often the configuration was read again, and what came of it. */
export class ReloadMetrics {
  readonly #reloads: Counter<'result'>;
  readonly #succeeded: Gauge;
  readonly #succeededAt: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#reloads = new Counter({
      name: 'writer_hub_config_reloads_total',
      help: 'How often the configuration was read again, by result: success, or failure, when the old one was kept.',
      labelNames: ['result'],
      registers,
    });
    this.#succeeded = new Gauge({
      name: 'writer_hub_config_last_reload_successful',
      help: 'Whether the configuration could be used when it was read last: 1 or 0.',
      registers,
    });
    this.#succeededAt = new Gauge({
      name: 'writer_hub_config_last_reload_success_timestamp_seconds',
      help: 'When the configuration in force was read.',
      registers,
    });
    for (const result of RELOAD_RESULTS) this.#reloads.inc({ result }, 0);
    this.#note(true);
  }

  /** The configuration was read again. */
  reloaded(result: ReloadResult): void {
    this.#reloads.inc({ result });
    this.#note(result === 'success');
  }

  #note(succeeded: boolean): void {
    this.#succeeded.set(succeeded ? 1 : 0);
    if (succeeded) this.#succeededAt.setToCurrentTime();
  }
}
