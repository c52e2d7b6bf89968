import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { ColumnStorage } from '../../contract/row-store';
import { deleteQuarantine, insertQuarantine } from '../file/data-source-tables';
import { toSchemaVersion } from '../file/schema-version';
import { rowInsert, type RowInsert } from './row-insert';
import type { Growth } from './growth';
import type { Savepoint } from './savepoint';
import type { TopicRecord } from './topic-table';

/** What is written into a data source together: JSON arrays as texts, empty where there is nothing. */
export interface RowTexts {
  /** The version of the schema they were made for. */
  readonly schemaVersion: string;
  readonly rows: Uint8Array;
  readonly quarantine: Uint8Array;
  /** Offsets of the quarantined rows that are replaced by what is written. */
  readonly replaced: readonly number[];
}

/** A data source's tables as the writer holds them in memory; `DataSources.save` writes the counters. */
export class RowTable {
  readonly name: string;
  readonly id: number;
  readonly generation: number;
  readonly growth: Growth;
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
  #schemaChanges: number;

  constructor(
    database: Database,
    savepoint: Savepoint,
    row: Omit<TopicRecord, 'kind' | 'streamCount' | 'columns'> & { readonly name: string; readonly growth: Growth },
    columns: readonly ColumnStorage[],
  ) {
    this.#database = database;
    this.#savepoint = savepoint;
    this.#columns = columns;

    this.name = row.name;
    this.id = row.id;
    this.generation = row.generation;
    this.growth = row.growth;
    this.#schemaChanges = row.schemaChanges;
    this.nextOffset = row.nextOffset;
    this.nextQuarantineOffset = row.nextQuarantineOffset;
    this.rowCount = row.rowCount;
    this.quarantineCount = row.quarantineCount;
    this.#rowInsert = rowInsert(database, this.id, columns);
  }

  get storages(): readonly ColumnStorage[] {
    return this.#columns;
  }

  get schemaChanges(): number {
    return this.#schemaChanges;
  }

  get schemaVersion(): string {
    return toSchemaVersion(this.id, this.#schemaChanges);
  }

  /** Called after the definition was changed, and with it perhaps the columns. */
  setSchema(columns: readonly ColumnStorage[], changes: number): void {
    if (columns.length !== this.#columns.length) this.#rowInsert = rowInsert(this.#database, this.id, columns);
    this.#columns = columns;
    this.#schemaChanges = changes;
  }

  /** Throws `schema_changed` unless the schema is of this version. */
  checkVersion(version: string): void {
    if (version === this.schemaVersion) return;
    throw new WriterHubError('schema_changed', 'the schema of the data source is no longer the one this was made for');
  }

  /**
   * Writes all of it or none. Throws `schema_changed` when it was made for another version of the schema, or when a
   * quarantined row that it replaces is no longer there.
   */
  append(texts: RowTexts): void {
    this.checkVersion(texts.schemaVersion);
    const isAtomic = this.#rowInsert.isAtomic && texts.quarantine.length === 0 && texts.replaced.length === 0;
    const counts = isAtomic ? this.#write(texts) : this.#savepoint.around(() => this.#write(texts));
    this.nextOffset += counts.rows;
    this.rowCount += counts.rows;
    this.growth.textBytes += texts.rows.length;
    this.nextQuarantineOffset += counts.quarantined;
    this.quarantineCount += counts.quarantined - counts.replaced;
  }

  #write({ rows, quarantine, replaced }: RowTexts): { rows: number; quarantined: number; replaced: number } {
    return {
      rows: rows.length === 0 ? 0 : this.#rowInsert.run(this.nextOffset, rows),
      quarantined: quarantine.length === 0 ? 0 : this.#insertQuarantined(quarantine),
      replaced: replaced.length === 0 ? 0 : this.#deleteQuarantined(replaced),
    };
  }

  #insertQuarantined(quarantine: Uint8Array): number {
    this.#insertQuarantine ??= this.#database.prepare(insertQuarantine(this.id));
    return this.#insertQuarantine.run(this.nextQuarantineOffset, Date.now(), quarantine).changes;
  }

  #deleteQuarantined(replaced: readonly number[]): number {
    const offsets = new Set(replaced);
    this.#deleteQuarantine ??= this.#database.prepare(deleteQuarantine(this.id));
    const { changes } = this.#deleteQuarantine.run(JSON.stringify([...offsets]));
    if (changes === offsets.size) return changes;
    // Another replay has stored them already: the rows made of them would be there twice.
    throw new WriterHubError('schema_changed', 'some of the quarantined rows are no longer there');
  }
}
