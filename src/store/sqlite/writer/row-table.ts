import type { Database, Statement } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { deleteQuarantine, insertQuarantine, type PlacedColumn } from '../file/data-source-tables';
import { toSchemaVersion } from '../file/schema-version';
import { rowInsert, type RowInsert } from './row-insert';
import type { CommitTime } from './commit-time';
import type { Growth } from './growth';
import type { Savepoint } from './savepoint';
import type { TopicRecord } from './topic-table';
import type { UnfinishedAppend } from './unfinished-appends';

/** What is written into a data source together: JSON arrays as texts, empty where there is nothing. */
export interface RowTexts {
  /** The version of the schema they were made for. */
  readonly schemaVersion: string;
  readonly rows: Uint8Array;
  readonly quarantine: Uint8Array;
  /** Offsets of the quarantined rows that are replaced by what is written. */
  readonly replaced: readonly number[];
}

/** A data source as it is stored. */
export type StoredSource = Omit<TopicRecord, 'kind' | 'streamCount' | 'columns'> & {
  readonly name: string;
  readonly growth: Growth;
  readonly time: CommitTime;
  readonly isCluttered: boolean;
};

/** What was written into a data source, or was taken out of its quarantine. */
export interface RowCounts {
  readonly rows: number;
  readonly quarantined: number;
  readonly replaced: number;
}

/** What lies behind the end of a data source already, of what is written. */
type RowsAhead = Pick<UnfinishedAppend, 'records' | 'quarantined'>;

const NOTHING_AHEAD: RowsAhead = { records: 0, quarantined: 0 };

/** A data source's tables as the writer holds them in memory; `DataSources.save` writes the counters. */
export class RowTable {
  readonly name: string;
  readonly id: number;
  readonly generation: number;
  readonly growth: Growth;
  nextOffset: number;
  nextQuarantineOffset: number;
  /** What that was when it was saved last. */
  savedQuarantineOffset: number;
  rowCount: number;
  quarantineCount: number;
  /** Whether something lies behind its end, which is written over. */
  isCluttered: boolean;
  #rowInsert: RowInsert;
  #insertQuarantine: Statement<[number, number, Uint8Array]> | undefined;
  /** The same for writing over what lies behind the end; made when they are needed. */
  #rowInsertOver: RowInsert | undefined;
  #insertQuarantineOver: Statement<[number, number, Uint8Array]> | undefined;
  #deleteQuarantine: Statement<[string, number]> | undefined;
  readonly #database: Database;
  readonly #savepoint: Savepoint;
  readonly #time: CommitTime;
  #columns: readonly PlacedColumn[];
  #schemaChanges: number;

  constructor(database: Database, savepoint: Savepoint, row: StoredSource, columns: readonly PlacedColumn[]) {
    this.#database = database;
    this.#savepoint = savepoint;
    this.#columns = columns;

    this.name = row.name;
    this.id = row.id;
    this.generation = row.generation;
    this.growth = row.growth;
    this.#time = row.time;
    this.#schemaChanges = row.schemaChanges;
    this.nextOffset = row.nextOffset;
    this.nextQuarantineOffset = row.nextQuarantineOffset;
    this.savedQuarantineOffset = row.nextQuarantineOffset;
    this.rowCount = row.rowCount;
    this.quarantineCount = row.quarantineCount;
    this.isCluttered = row.isCluttered;
    this.#rowInsert = this.#newRowInsert(false);
  }

  get columns(): readonly PlacedColumn[] {
    return this.#columns;
  }

  get schemaChanges(): number {
    return this.#schemaChanges;
  }

  get schemaVersion(): string {
    return toSchemaVersion(this.id, this.#schemaChanges);
  }

  /** Called after the definition was changed, and with it perhaps the columns. */
  setSchema(columns: readonly PlacedColumn[], changes: number): void {
    const isOther =
      columns.length !== this.#columns.length || columns.some(({ number }, at) => number !== this.#columns[at]!.number);
    this.#columns = columns;
    if (isOther) {
      this.#rowInsert = this.#newRowInsert(false);
      this.#rowInsertOver = undefined;
    }
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
    const isAtomic =
      this.#rowInsert.isAtomic(texts.rows) && texts.quarantine.length === 0 && texts.replaced.length === 0;
    const write = (): RowCounts => this.#write(texts, NOTHING_AHEAD, this.isCluttered);
    this.grow(isAtomic ? write() : this.#savepoint.around(write), texts.rows.length);
  }

  /**
   * Writes behind the end, where nobody sees it, and behind what is there of the same append. Throws as `append` does.
   */
  store(texts: RowTexts, ahead: RowsAhead): RowCounts {
    this.checkVersion(texts.schemaVersion);
    return this.#savepoint.around(() => this.#write(texts, ahead, true));
  }

  /** Moves the end behind what was written; `bytes` are those of the text of the rows. */
  grow({ rows, quarantined, replaced }: RowCounts, bytes: number): void {
    this.nextOffset += rows;
    this.rowCount += rows;
    this.growth.textBytes += bytes;
    this.nextQuarantineOffset += quarantined;
    this.quarantineCount += quarantined - replaced;
  }

  #write({ rows, quarantine, replaced }: RowTexts, ahead: RowsAhead, over: boolean): RowCounts {
    const quarantineOffset = this.nextQuarantineOffset + ahead.quarantined;
    return {
      rows: rows.length === 0 ? 0 : this.#rowInsertFor(over).run(this.nextOffset + ahead.records, rows),
      quarantined: quarantine.length === 0 ? 0 : this.#insertQuarantined(quarantineOffset, quarantine, over),
      replaced: replaced.length === 0 ? 0 : this.#deleteQuarantined(replaced),
    };
  }

  #rowInsertFor(over: boolean): RowInsert {
    if (!over) return this.#rowInsert;
    this.#rowInsertOver ??= this.#newRowInsert(true);
    return this.#rowInsertOver;
  }

  #newRowInsert(over: boolean): RowInsert {
    return rowInsert(this.#database, { topic: this.id, columns: this.#columns, over });
  }

  #insertQuarantined(offset: number, quarantine: Uint8Array, over: boolean): number {
    const prepare = (): Statement<[number, number, Uint8Array]> =>
      this.#database.prepare(insertQuarantine(this.id, over));
    const insert = over ? (this.#insertQuarantineOver ??= prepare()) : (this.#insertQuarantine ??= prepare());
    return insert.run(offset, this.#time.now, quarantine).changes;
  }

  #deleteQuarantined(replaced: readonly number[]): number {
    const offsets = new Set(replaced);
    this.#deleteQuarantine ??= this.#database.prepare(deleteQuarantine(this.id));
    const { changes } = this.#deleteQuarantine.run(JSON.stringify([...offsets]), this.nextQuarantineOffset);
    if (changes === offsets.size) return changes;
    // Another replay has stored them already: the rows made of them would be there twice.
    throw new WriterHubError('schema_changed', 'some of the quarantined rows are no longer there');
  }
}
