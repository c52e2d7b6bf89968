import type {
  DataSourceChange,
  DataSourceRecord,
  QuarantinedRow,
  QuarantinePage,
  RowsAppend,
  RowsReceipt,
  RowStore,
} from '../contract/row-store';
import { toStoreError } from './channel/failure';
import type { ConversionProgress, ConversionRequest } from './channel/messages';
import { rowOffset, toRowId } from './channel/offsets';
import type { StoreThreads } from './queue/store-threads';

/** So many rows a change rewrites itself. */
const FEW_ROWS = 1000;

/** The data sources of the embedded store. */
export class SqliteRowStore implements RowStore {
  readonly #threads: StoreThreads;

  constructor(threads: StoreThreads) {
    this.#threads = threads;
  }

  createDataSource({ name, definition, columns, creator }: DataSourceRecord, holder?: string): Promise<void> {
    return this.#threads.change({ kind: 'create_data_source', name, definition, columns, creator }, holder);
  }

  /** Columns are rewritten beside those that are read, step by step; the last step is by the change itself. */
  async changeDataSource(
    { name, schemaVersion, definition, converted = [], added }: DataSourceChange,
    holder?: string,
  ): Promise<void> {
    let progress: Partial<ConversionProgress> = {};
    if (converted.length > 0) {
      const request = { kind: 'convert', name, schemaVersion, converted } as const;
      let { until, end, numbers } = await this.#convert({ ...request, from: 0 });
      while (numbers.length < converted.length || end - until > FEW_ROWS) {
        ({ until, end, numbers } = await this.#convert({ ...request, from: until, numbers }));
      }
      progress = { numbers, until };
    }
    const change = { name, schemaVersion, definition, converted, added, ...progress };
    return this.#threads.change({ kind: 'change_data_source', ...change }, holder);
  }

  async #convert(request: ConversionRequest): Promise<ConversionProgress> {
    try {
      return await this.#threads.convert(request);
    } catch (failure) {
      throw toStoreError('write', failure);
    }
  }

  truncateDataSource(name: string, part: 'rows' | 'quarantine', holder?: string): Promise<void> {
    return this.#threads.change({ kind: 'truncate_data_source', name, part }, holder);
  }

  dropDataSource(name: string, holder?: string): Promise<void> {
    return this.#threads.change({ kind: 'drop_data_source', name }, holder);
  }

  appendRows(append: RowsAppend): Promise<RowsReceipt> {
    return this.#threads.appendRows(append);
  }

  async quarantinedRows(name: string, { after, limit }: QuarantinePage): Promise<QuarantinedRow[]> {
    const page = { after: after === undefined ? 0 : rowOffset(after), limit };
    const rows = await this.#threads.ask<'quarantined_rows'>({ kind: 'quarantined_rows', name, page });
    return rows.map(({ offset, raw }) => ({ id: toRowId(offset), raw }));
  }
}
