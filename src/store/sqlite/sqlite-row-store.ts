import { WriterHubError } from '../../errors';
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

/** How often a change is tried, before which more rows may come than it rewrites. */
const MOST_ATTEMPTS = 10;

/** The data sources of the embedded store. */
export class SqliteRowStore implements RowStore {
  readonly #threads: StoreThreads;
  readonly #onRemoved: (name: string) => void;

  /** `onRemoved` is called when a data source is there no more. */
  constructor(threads: StoreThreads, onRemoved: (name: string) => void) {
    this.#threads = threads;
    this.#onRemoved = onRemoved;
  }

  createDataSource({ name, definition, columns, creator }: DataSourceRecord, holder?: string): Promise<void> {
    return this.#threads.change({ kind: 'create_data_source', name, definition, columns, creator }, holder);
  }

  /** Columns are rewritten beside those that are read, step by step; the last step is by the change itself. */
  async changeDataSource(
    { name, schemaVersion, definition, converted = [], added }: DataSourceChange,
    holder?: string,
  ): Promise<void> {
    const change = { kind: 'change_data_source', name, schemaVersion, definition, converted, added } as const;
    if (converted.length === 0) return this.#threads.change(change, holder);
    const request = { kind: 'convert', name, schemaVersion, converted } as const;
    let progress: ConversionProgress | undefined;
    for (let attempt = 1; ; attempt++) {
      progress = await this.#rewrite(request, progress);
      const { numbers, until } = progress;
      try {
        await this.#threads.change({ ...change, numbers, until }, holder);
        return;
      } catch (error) {
        if (!isTooMuchLeft(error) || attempt === MOST_ATTEMPTS) throw error;
      }
    }
  }

  /** Rewrites columns until few rows are left. */
  async #rewrite(
    request: Omit<ConversionRequest, 'from' | 'numbers'>,
    before: ConversionProgress | undefined,
  ): Promise<ConversionProgress> {
    let progress = await this.#convert({ ...request, from: before?.until ?? 0, numbers: before?.numbers });
    while (progress.numbers.length < request.converted.length || progress.end - progress.until > FEW_ROWS) {
      const { until, numbers } = progress;
      progress = await this.#convert({ ...request, from: until, numbers });
    }
    return progress;
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

  async dropDataSource(name: string, holder?: string): Promise<void> {
    await this.#threads.change({ kind: 'drop_data_source', name }, holder);
    this.#onRemoved(name);
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

/** Whether a change had more rows before it than it may rewrite itself. */
function isTooMuchLeft(error: unknown): boolean {
  return error instanceof WriterHubError && error.code === 'store_busy';
}
