import type { Config } from './config';
import { AcceptedRows } from './datasources/accepted-rows';
import { DataSourceService } from './datasources/data-source-service';
import { DataSourceRegistry } from './datasources/registry';
import { RowIntake } from './datasources/row-intake';
import { RateLimits } from './http/rate-limits';
import type { Logger } from './log';
import type { Metrics } from './metrics';
import type { EventStore } from './store/event-store';

/** What takes rows in and looks after the data sources they go to. */
export interface RowParts {
  readonly intake: RowIntake;
  readonly accepted: AcceptedRows;
  readonly dataSources: DataSourceService;
}

/** How long rows that were accepted wait between two tries while the disk cannot be written to, in milliseconds. */
const ACCEPTED_RETRY_INTERVAL = 1000;

/** Puts together what lies between the doors for rows and the store. */
export async function createRowParts(
  config: Config,
  { store, metrics, logger }: { store: EventStore; metrics: Metrics; logger: Logger },
): Promise<RowParts> {
  const registry = await DataSourceRegistry.load(store);
  const accepted = new AcceptedRows(ACCEPTED_RETRY_INTERVAL, (rows, error) => {
    metrics.rowsGivenUp(rows);
    logger.error({ rows, code: error.code, err: error.cause ?? error }, 'rows that were accepted cannot be stored');
  });
  const { maxColumns, maxQuarantinedRows, createDataSources, idempotencyWindow } = config;
  const options = { maxDepth: config.maxJsonDepth, maxColumns, now: Date.now };
  const intake = new RowIntake(store, registry, accepted, {
    ...options,
    maxQuarantinedRows,
    createDataSources,
    idempotencyWindow,
    onStored: (stored) => {
      metrics.rowsStored(stored);
    },
  });
  return { intake, accepted, dataSources: new DataSourceService(store, registry, options) };
}

/** The limits that are set, if any is. */
export function rateLimits(config: Config): RateLimits | undefined {
  return RateLimits.from({
    tokenRequests: config.maxTokenRequestRate,
    tokenBytes: config.maxTokenByteRate,
    sourceRequests: config.maxDataSourceRequestRate,
    sourceBytes: config.maxDataSourceByteRate,
  });
}
