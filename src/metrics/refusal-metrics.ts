import { Counter, type Registry } from 'prom-client';
import { type ErrorCode, errorKinds } from '../errors';
import { LIMIT_NAMES, type LimitName } from '../limits/limit-watch';
import { LIMIT_NAMES as HUB_LIMIT_NAMES, type LimitName as HubLimitName } from '../signalr';

/** What was refused, and by which limit. */
export class RefusalMetrics {
  readonly #errors: Counter<'code'>;
  readonly #strikes: Counter<'limit'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#errors = new Counter({
      name: 'writer_hub_errors_total',
      help: 'Requests and invocations answered with an error, by code.',
      labelNames: ['code'],
      registers,
    });
    this.#strikes = new Counter({
      name: 'writer_hub_limit_strikes_total',
      help: 'How often a limit that callers share, or a deadline, has struck, by limit.',
      labelNames: ['limit'],
      registers,
    });
    for (const code of Object.keys(errorKinds)) this.#errors.inc({ code }, 0);
    for (const limit of LIMIT_NAMES) this.#strikes.inc({ limit }, 0);
    for (const limit of HUB_LIMIT_NAMES) this.#strikes.inc({ limit: ofHub(limit) }, 0);
  }

  error(code: ErrorCode): void {
    this.#errors.inc({ code });
  }

  strike(limit: LimitName): void {
    this.#strikes.inc({ limit });
  }

  hubStrike(limit: HubLimitName): void {
    this.#strikes.inc({ limit: ofHub(limit) });
  }
}

/** What a limit of the hub is called here. */
function ofHub(limit: HubLimitName): string {
  return `hub_${limit.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
