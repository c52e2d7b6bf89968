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
import { changeDataSource } from '../sqlite/channel/changes';
import type { Change } from '../sqlite/channel/messages';
import type { LogWrites } from './log-writes';
import type { ViewWaits } from './view-waits';

type RowReads = Pick<RowStore, 'quarantinedRows' | 'quarantinedRowAt' | 'readRows' | 'readQuarantine' | 'resolveRows'>;

/** The data sources of a Kafka cluster. */
export class KafkaRowStore implements RowStore {
  readonly #writes: LogWrites;
  readonly #reads: RowReads;
  readonly #waits: ViewWaits;

  /** `reads` reads what the view has. */
  constructor(writes: LogWrites, reads: RowReads, waits: ViewWaits) {
    this.#writes = writes;
    this.#reads = reads;
    this.#waits = waits;
  }

  createDataSource(source: DataSourceRecord, holder?: string): Promise<void> {
    return this.#writes.changeCatalogue({ kind: 'create_data_source', ...source }, holder);
  }

  changeDataSource(change: DataSourceChange, holder?: string): Promise<void> {
    return this.#change(change.name, changeDataSource(change), holder);
  }

  truncateDataSource(name: string, part: RowsPart, holder?: string): Promise<void> {
    return this.#change(name, { kind: 'truncate_data_source', name, part }, holder);
  }

  dropDataSource(name: string, holder?: string): Promise<void> {
    return this.#writes.changeCatalogue({ kind: 'drop_data_source', name }, holder);
  }

  async appendRows(append: RowsAppend): Promise<RowsReceipt> {
    const { topic, holder } = append;
    return (await this.#writes.write({ topic, kind: 'rows' }, { kind: 'rows', append }, holder)) as RowsReceipt;
  }

  quarantinedRows(name: string, page: QuarantinePage): Promise<QuarantinedRow[]> {
    return this.#reads.quarantinedRows(name, page);
  }

  quarantinedRowAt(name: string, position: Position): Promise<QuarantinedRow | undefined> {
    return this.#reads.quarantinedRowAt(name, position);
  }

  async readRows(query: RowQuery): Promise<RowPage<StoredRow>> {
    await this.#waits.reached(query.name, query.after);
    return this.#reads.readRows(query);
  }

  readQuarantine(query: RowQuery): Promise<RowPage<StoredMisfit>> {
    return this.#reads.readQuarantine(query);
  }

  async resolveRows(name: string, part: RowsPart, start: StartPoint): Promise<Position> {
    if (part === 'rows' && typeof start === 'object' && 'position' in start) {
      await this.#waits.reached(name, start.position);
    }
    return this.#reads.resolveRows(name, part, start);
  }

  /** A change of what belongs to a data source. */
  async #change(name: string, change: Change, holder: string | undefined): Promise<void> {
    await this.#writes.write({ topic: name, kind: 'rows' }, { kind: 'change', change }, holder);
  }
}
