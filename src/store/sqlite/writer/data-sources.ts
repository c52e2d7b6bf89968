import type { Database } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { ColumnStorage, DataSourceChange, DataSourceRecord, StoredColumn } from '../../contract/row-store';
import type { AdvanceList } from './advance-list';
import { RowTable } from './row-table';
import {
  addColumn,
  createQuarantineTable,
  createRowTable,
  defineBase64,
  quarantineTable,
  removeTable,
  rowTable,
} from '../file/data-source-tables';
import { RecentMap } from '../file/recent-map';
import { Savepoint } from './savepoint';
import type { TopicTable } from './topic-table';

/** How many data sources, with a few prepared statements each, are remembered between commits, at least. */
const REMEMBERED_SOURCES = 500;

/**
 * The writer's view of data sources: what was used recently is in memory, counters are saved once per commit. What it
 * holds is valid only within the transaction; after a rollback it must `forget`.
 */
export class DataSources {
  readonly #sources = new RecentMap<string, RowTable>(REMEMBERED_SOURCES);
  #changedSources = new Set<RowTable>();
  readonly #savepoint: Savepoint;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #database: Database;
  readonly #topics: TopicTable;

  constructor(database: Database, topics: TopicTable) {
    this.#database = database;
    this.#topics = topics;

    defineBase64(database);
    this.#savepoint = new Savepoint(database);
    this.#statements = prepareStatements(database);
  }

  /** The data source of this name. Throws `unknown_topic`, `wrong_topic_kind`. */
  find(name: string): RowTable {
    const known = this.#sources.get(name);
    if (known !== undefined) return known;
    const row = this.#topics.findOfKind(name, 'rows');
    if (row === undefined) throw new WriterHubError('unknown_topic', `there is no data source "${name}"`);
    const source = new RowTable(
      this.#database,
      this.#savepoint,
      { ...row, name },
      storagesOf(parseColumns(row.columns)),
    );
    this.#sources.set(name, source);
    return source;
  }

  /** Marks a data source to be saved. */
  touch(source: RowTable): void {
    this.#changedSources.add(source);
  }

  /** Throws `topic_exists`, `topic_limit`. */
  create({ name, definition, columns }: DataSourceRecord): void {
    if (this.#topics.find(name) !== undefined) {
      throw new WriterHubError('topic_exists', `there is a topic or data source "${name}" already`);
    }
    this.#change(() => {
      const id = this.#topics.insert(name, { definition, columns: JSON.stringify(columns) });
      createRowTable(this.#database, id, storagesOf(columns));
      createQuarantineTable(this.#database, id);
    });
  }

  /** Replaces the definition and adds columns. */
  redefine({ name, schemaVersion, definition, added }: DataSourceChange): void {
    const source = this.find(name);
    source.checkVersion(schemaVersion);
    const changes = source.schemaChanges + 1;
    const columns = [...this.#columnsOf(source), ...added.map(({ name, storage }) => ({ name, storage }))];
    this.#change(() => {
      for (const [index, column] of added.entries()) {
        addColumn(this.#database, source.id, source.storages.length + index + 1, column);
      }
      this.#statements.setDefinition.run(definition, JSON.stringify(columns), changes, source.id);
      source.setSchema(storagesOf(columns), changes);
    });
    this.touch(source);
  }

  /** Removes all rows, or all quarantined rows. */
  truncate(name: string, part: 'rows' | 'quarantine'): void {
    const source = this.find(name);
    this.#change(() => {
      if (part === 'rows') {
        removeTable(this.#database, rowTable(source.id), source.rowCount);
        createRowTable(this.#database, source.id, source.storages);
      } else {
        removeTable(this.#database, quarantineTable(source.id), source.quarantineCount);
        createQuarantineTable(this.#database, source.id);
      }
    });
    if (part === 'rows') source.rowCount = 0;
    else source.quarantineCount = 0;
    this.touch(source);
  }

  drop(name: string): void {
    const source = this.find(name);
    this.#change(() => {
      removeTable(this.#database, rowTable(source.id), source.rowCount);
      removeTable(this.#database, quarantineTable(source.id), source.quarantineCount);
      this.#topics.delete(source.id);
    });
    this.#sources.delete(name);
    this.#changedSources.delete(source);
  }

  /** Writes what changed since it was last called, and notes which data sources advanced. */
  save(now: number, advanced: AdvanceList): void {
    for (const source of this.#changedSources) {
      const { name, id, nextOffset, nextQuarantineOffset, rowCount, quarantineCount } = source;
      this.#statements.save.run(nextOffset, nextQuarantineOffset, rowCount, quarantineCount, now, id);
      const offset = source.takeAdvance();
      if (offset !== undefined) advanced.add(name, offset);
    }
    this.#changedSources.clear();
  }

  /** Drops what was not used recently; only between transactions, so that nothing unsaved is dropped. */
  trim(): void {
    this.#sources.trim();
  }

  /** Drops everything held in memory, after a rollback. */
  forget(): void {
    this.#sources.clear();
    this.#changedSources.clear();
  }

  #columnsOf({ id }: RowTable): StoredColumn[] {
    return parseColumns(this.#statements.findColumns.get(id)?.columns ?? null);
  }

  /** Carries out statements that succeed or fail together. */
  #change(statements: () => void): void {
    try {
      this.#savepoint.around(statements);
    } catch (error) {
      this.#topics.forget();
      throw error;
    }
  }
}

function parseColumns(text: string | null): StoredColumn[] {
  return JSON.parse(text ?? '[]') as StoredColumn[];
}

function storagesOf(columns: readonly StoredColumn[]): ColumnStorage[] {
  return columns.map(({ storage }) => storage);
}

function prepareStatements(database: Database) {
  return {
    findColumns: database.prepare<[number], { columns: string | null }>('SELECT columns FROM topics WHERE id = ?'),
    setDefinition: database.prepare<[string, string, number, number]>(
      'UPDATE topics SET definition = ?, columns = ?, schema_changes = ? WHERE id = ?',
    ),
    save: database.prepare<[number, number, number, number, number, number]>(
      `UPDATE topics SET next_offset = ?, next_quarantine_offset = ?, row_count = ?, quarantine_count = ?, updated_at = ?
       WHERE id = ?`,
    ),
  };
}
