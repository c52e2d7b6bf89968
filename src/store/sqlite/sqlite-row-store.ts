import { WriterHubError } from '../../errors';
import type { Position, StartPoint } from '../contract/position';
import type {
  DataSourceChange,
  DataSourceRecord,
  QuarantinedRow,
  QuarantinePage,
  RowPage,
  RowQuery,
  RowsAppend,
  RowsPart,
  RowsReceipt,
  RowStore,
  StoredMisfit,
  StoredRow,
} from '../contract/row-store';
import { changeDataSource } from './channel/changes';
import type { ConversionProgress } from './channel/messages';
import type { Place, RowPageHead } from './channel/reader-messages';
import { rowOffset, toRowId, toRowPlace, toRowPosition } from './channel/offsets';
import { rewriteColumns } from './column-rewrite';
import type { StoreThreads } from './queue/store-threads';

/** So many rows a change rewrites itself. */
const FEW_ROWS = 1000;

/** How often a change is tried, before which more rows may come than it rewrites. */
const MOST_ATTEMPTS = 10;

/** The data sources of the embedded store. */
export class SqliteRowStore implements RowStore {
  readonly #threads: StoreThreads;
  readonly #onRemoved: (name: string) => void;

  /** `onRemoved` is called when a data source is there no more, or was emptied. */
  constructor(threads: StoreThreads, onRemoved: (name: string) => void) {
    this.#threads = threads;
    this.#onRemoved = onRemoved;
  }

  createDataSource({ name, definition, columns, creator }: DataSourceRecord, holder?: string): Promise<void> {
    return this.#threads.change({ kind: 'create_data_source', name, definition, columns, creator }, holder);
  }

  /** Columns are rewritten beside those that are read, step by step; the last step is by the change itself. */
  async changeDataSource(asked: DataSourceChange, holder?: string): Promise<void> {
    const change = changeDataSource(asked);
    const { name, schemaVersion, converted = [] } = change;
    if (converted.length === 0) return this.#threads.change(change, holder);
    const request = { kind: 'convert', name, schemaVersion, converted } as const;
    let progress: ConversionProgress | undefined;
    for (let attempt = 1; ; attempt++) {
      progress = await rewriteColumns(this.#threads, request, { rest: FEW_ROWS, before: progress });
      const { numbers, until } = progress;
      try {
        await this.#threads.change({ ...change, numbers, until }, holder);
        return;
      } catch (error) {
        if (!isTooMuchLeft(error) || attempt === MOST_ATTEMPTS) throw error;
      }
    }
  }

  async truncateDataSource(name: string, part: RowsPart, holder?: string): Promise<void> {
    await this.#threads.change({ kind: 'truncate_data_source', name, part }, holder);
    this.#onRemoved(name);
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

  async quarantinedRowAt(name: string, position: Position): Promise<QuarantinedRow | undefined> {
    const { offset, generation } = toRowPlace('quarantine', position);
    const query = { name, after: { offset: Math.max(0, offset - 1), generation }, limit: 1 };
    const { offsets, misfits } = await this.#threads.ask<'read_quarantine'>({ kind: 'read_quarantine', query });
    return offsets[0] === offset ? { id: toRowId(offset), raw: misfits[0]!.raw } : undefined;
  }

  async readRows({ after, ...query }: RowQuery): Promise<RowPage<StoredRow>> {
    const asked = { ...query, after: placeIn('rows', after) };
    const page = await this.#threads.ask<'read_rows'>({ kind: 'read_rows', query: asked });
    const { offsets, values, rests, generation } = page;
    const rows = offsets.map((offset, index) => ({
      position: toRowPosition('rows', offset, generation),
      values: values[index]!,
      rest: rests[index]!,
    }));
    return { rows, ...pageEnd('rows', page) };
  }

  async readQuarantine({ after, ...query }: RowQuery): Promise<RowPage<StoredMisfit>> {
    const asked = { ...query, after: placeIn('quarantine', after) };
    const page = await this.#threads.ask<'read_quarantine'>({ kind: 'read_quarantine', query: asked });
    const { offsets, misfits, generation } = page;
    const rows = offsets.map((offset, index) => ({
      position: toRowPosition('quarantine', offset, generation),
      ...misfits[index]!,
    }));
    return { rows, ...pageEnd('quarantine', page) };
  }

  async resolveRows(name: string, part: RowsPart, start: StartPoint): Promise<Position> {
    const place =
      typeof start === 'object' && 'position' in start ? { place: toRowPlace(part, start.position) } : start;
    const found = await this.#threads.ask<'resolve_rows'>({ kind: 'resolve_rows', name, part, start: place });
    return toRowPosition(part, found.offset, found.generation);
  }
}

function placeIn(part: RowsPart, position: Position | undefined): Place | undefined {
  return position === undefined ? undefined : toRowPlace(part, position);
}

/** What every page says besides its rows. */
function pageEnd(part: RowsPart, page: RowPageHead): Omit<RowPage<never>, 'rows'> {
  const { schemaVersion, definition, generation, after, more, head } = page;
  const end = { schemaVersion, definition, position: toRowPosition(part, after, generation), more };
  return head === undefined ? end : { ...end, end: toRowPosition(part, head, generation) };
}

/** Whether a change had more rows before it than it may rewrite itself. */
function isTooMuchLeft(error: unknown): boolean {
  return error instanceof WriterHubError && error.code === 'store_busy';
}
