import type {
  DataSourceChange,
  DataSourceRecord,
  QuarantinedRow,
  QuarantinePage,
  RowsAppend,
  RowsReceipt,
  RowStore,
} from '../contract/row-store';
import { rowOffset, toRowId } from './channel/offsets';
import type { StoreThreads } from './queue/store-threads';

/** The data sources of the embedded store. */
export class SqliteRowStore implements RowStore {
  readonly #threads: StoreThreads;

  constructor(threads: StoreThreads) {
    this.#threads = threads;
  }

  createDataSource({ name, definition, columns, creator }: DataSourceRecord, holder?: string): Promise<void> {
    return this.#threads.change({ kind: 'create_data_source', name, definition, columns, creator }, holder);
  }

  changeDataSource({ name, schemaVersion, definition, added }: DataSourceChange, holder?: string): Promise<void> {
    return this.#threads.change({ kind: 'change_data_source', name, schemaVersion, definition, added }, holder);
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
