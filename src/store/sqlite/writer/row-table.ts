import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { ColumnStorage } from '../../event-store';
import { deleteQuarantine, insertQuarantine } from '../file/data-source-tables';
import { rowInsert, type RowInsert } from './row-insert';
import type { Savepoint } from './savepoint';
import type { TopicRow } from './topic-table';

/** What is written into a data source together: JSON arrays as texts, empty where there is nothing. */
export interface RowTexts {
  /** For how many columns they were made. */
  readonly columns: number;
  readonly rows: Uint8Array;
  readonly quarantine: Uint8Array;
  /** Offsets of quarantined rows that what is written takes the place of. */
  readonly released: readonly number[];
}

/** A data source as the writer holds it in memory; `DataSources.save` writes its counters. */
export class DataSource {
  readonly id: number;
  nextOffset: number;
  nextQuarantineOffset: number;
  rowCount: number;
  quarantineCount: number;
  #rowInsert: RowInsert;
  #insertQuarantine: Statement<[number, number, Uint8Array]> | undefined;
  #deleteQuarantine: Statement<[string]> | undefined;
  readonly #database: Database;
  readonly #savepoint: Savepoint;
  #columns: readonly ColumnStorage[];

  constructor(
    database: Database,
    savepoint: Savepoint,
    row: Omit<TopicRow, 'kind' | 'streamCount' | 'columns'>,
    columns: readonly ColumnStorage[],
  ) {
    this.#database = database;
    this.#savepoint = savepoint;
    this.#columns = columns;

    this.id = row.id;
    this.nextOffset = row.nextOffset;
    this.nextQuarantineOffset = row.nextQuarantineOffset;
    this.rowCount = row.rowCount;
    this.quarantineCount = row.quarantineCount;
    this.#rowInsert = rowInsert(database, this.id, columns);
  }

  get storages(): readonly ColumnStorage[] {
    return this.#columns;
  }

  /** Is called after columns were added. */
  setStorages(columns: readonly ColumnStorage[]): void {
    this.#rowInsert = rowInsert(this.#database, this.id, columns);
    this.#columns = columns;
  }

  /**
   * Writes all of it or none. Throws `schema_changed` when it was made for other columns, or when a quarantined row that
   * it takes the place of is not there.
   */
  append(texts: RowTexts): void {
    const { length } = this.#columns;
    if (texts.columns !== length) {
      const message = `The data source has ${length} columns now; the rows were made for ${texts.columns}.`;
      throw new WriterHubError('schema_changed', message);
    }
    const isAtomic = this.#rowInsert.isAtomic && texts.quarantine.length === 0 && texts.released.length === 0;
    const counts = isAtomic ? this.#write(texts) : this.#savepoint.around(() => this.#write(texts));
    this.nextOffset += counts.rows;
    this.rowCount += counts.rows;
    this.nextQuarantineOffset += counts.quarantined;
    this.quarantineCount += counts.quarantined - counts.released;
  }

  #write({ rows, quarantine, released }: RowTexts): { rows: number; quarantined: number; released: number } {
    return {
      rows: rows.length === 0 ? 0 : this.#rowInsert.run(this.nextOffset, rows),
      quarantined: quarantine.length === 0 ? 0 : this.#putAside(quarantine),
      released: released.length === 0 ? 0 : this.#letGo(released),
    };
  }

  #putAside(quarantine: Uint8Array): number {
    this.#insertQuarantine ??= this.#database.prepare(insertQuarantine(this.id));
    return this.#insertQuarantine.run(this.nextQuarantineOffset, Date.now(), quarantine).changes;
  }

  #letGo(released: readonly number[]): number {
    const offsets = new Set(released);
    this.#deleteQuarantine ??= this.#database.prepare(deleteQuarantine(this.id));
    const { changes } = this.#deleteQuarantine.run(JSON.stringify([...offsets]));
    if (changes === offsets.size) return changes;
    // Rows made of a row that somebody else has taken would be there twice.
    throw new WriterHubError('schema_changed', 'Some of the quarantined rows are no longer there.');
  }
}
