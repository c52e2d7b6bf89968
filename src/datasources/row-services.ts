import type { WriterHubError } from '../errors';
import type { Store } from '../store/contract/store';
import { AcceptedRows } from './accepted-rows';
import { DataSourceService } from './data-source-service';
import { DataSourceRegistry } from './registry';
import { RowIntake, type RowIntakeOptions } from './row-intake';

/** What takes rows in, and what looks after the data sources they go to. */
export interface RowServices {
  readonly intake: RowIntake;
  readonly accepted: AcceptedRows;
  readonly dataSources: DataSourceService;
}

export interface RowServicesOptions extends RowIntakeOptions {
  /** Called when rows that were accepted cannot be stored. */
  readonly onGivenUp: (rows: number, error: WriterHubError) => void;
  /** Called when it cannot be read now what others have made of data sources. */
  readonly onUnread: (error: unknown) => void;
  /** Whether data sources that cannot be read at the beginning are read when they can be. */
  readonly isLater: boolean;
}

/** How long rows that were accepted wait between two tries while the disk cannot be written to, in milliseconds. */
const ACCEPTED_RETRY_INTERVAL = 1000;

/** Reads the data sources of a store and puts together what serves them. */
export async function openRowServices(
  store: Pick<Store, 'catalogue' | 'rows' | 'log' | 'observe' | 'full' | 'isFullFor' | 'writable'>,
  options: RowServicesOptions,
): Promise<RowServices> {
  const registry = await DataSourceRegistry.load(store, { onUnread: options.onUnread, isLater: options.isLater });
  const accepted = new AcceptedRows(ACCEPTED_RETRY_INTERVAL, options.onGivenUp);
  const intake = new RowIntake(store, registry, accepted, options);
  return { intake, accepted, dataSources: new DataSourceService(store, registry, options) };
}
