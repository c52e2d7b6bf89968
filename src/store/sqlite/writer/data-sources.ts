import type { Database } from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import type { DataSourceRecord, StoredColumn } from '../../contract/row-store';
import type { ConversionProgress, ConversionRequest, ConvertedChange } from '../channel/messages';
import type { AdvanceList } from './advance-list';
import { ColumnConverter } from './column-converter';
import { RowTable } from './row-table';
import {
  addColumn,
  createQuarantineTable,
  createRowTable,
  defineBase64,
  type PlacedColumn,
  quarantineTable,
  removeTable,
  rowTable,
  unusedColumns,
} from '../file/data-source-tables';
import { RecentMap } from '../file/recent-map';
import { MarkTable } from '../file/marks';
import type { CommitTime } from './commit-time';
import { Growth } from './growth';
import { Savepoint } from './savepoint';
import { TopicRemoval } from './topic-removal';
import type { TopicTable } from './topic-table';
import type { UnfinishedAppends } from './unfinished-appends';

/** How many data sources, with a few prepared statements each, are remembered between commits, at least. */
const REMEMBERED_SOURCES = 500;

/** How long columns are rewritten in one step (milliseconds). */
const CONVERSION_LASTS = 6;

/** How long a change may rewrite what is left of them (milliseconds): everybody waits for it. */
const LONGEST_REST = 50;

/**
 * The writer's view of data sources: what was used recently is in memory, counters are saved once per commit. What it
 * holds is valid only within the transaction; after a rollback it must `forget`.
 */
export class DataSources {
  readonly #sources = new RecentMap<string, RowTable>(REMEMBERED_SOURCES);
  #changedSources = new Set<RowTable>();
  readonly #savepoint: Savepoint;
  readonly #marks: MarkTable;
  readonly #removal: TopicRemoval;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #database: Database;
  readonly #topics: TopicTable;
  readonly #unfinished: UnfinishedAppends;
  readonly #time: CommitTime;

  constructor(database: Database, topics: TopicTable, unfinished: UnfinishedAppends, time: CommitTime) {
    this.#time = time;
    this.#database = database;
    this.#topics = topics;
    this.#unfinished = unfinished;

    defineBase64(database);
    this.#savepoint = new Savepoint(database);
    this.#marks = new MarkTable(database);
    this.#removal = new TopicRemoval(database);
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
      {
        ...{ ...row, name, growth: new Growth(this.#marks, row.id, row) },
        ...{ time: this.#time, isCluttered: this.#hasUnfinished(row.id) },
      },
      placedColumns(parseColumns(row.columns)),
    );
    this.#sources.set(name, source);
    return source;
  }

  /** Nobody goes on with what is unfinished in a data source: it is written over. */
  abandonUnfinished({ id }: RowTable): void {
    this.#unfinished.abandon(id);
  }

  #hasUnfinished(id: number): boolean {
    return this.#unfinished.find(id) !== undefined;
  }

  /** Marks a data source to be saved. */
  touch(source: RowTable): void {
    this.#changedSources.add(source);
  }

  /** Throws `topic_exists`, `topic_limit`, `over_share`. */
  create({ name, definition, columns, creator }: DataSourceRecord): void {
    if (this.#topics.find(name) !== undefined) {
      throw new WriterHubError('topic_exists', `there is a topic or data source "${name}" already`);
    }
    this.#change(() => {
      const dataSource = { definition, columns: JSON.stringify(columns) };
      const { id } = this.#topics.insert({ name, creator, dataSource });
      createRowTable(this.#database, id, placedColumns(columns));
      createQuarantineTable(this.#database, id);
    });
  }

  /** Rewrites columns for a moment, beside those that are read. Within a transaction. */
  convert({ name, schemaVersion, converted, from, numbers }: ConversionRequest): ConversionProgress {
    const source = this.find(name);
    source.checkVersion(schemaVersion);
    const converter = new ColumnConverter(this.#database, source, converted, numbers);
    const deadline = performance.now() + CONVERSION_LASTS;
    const until = converter.makeColumns(deadline) ? converter.run(from, deadline) : from;
    return { numbers: converter.numbers, until, end: source.nextOffset };
  }

  /** Replaces the definition, has converted columns read where they have been rewritten, and adds columns. */
  redefine({ name, schemaVersion, definition, added, converted = [], numbers, until = 0 }: ConvertedChange): void {
    const source = this.find(name);
    source.checkVersion(schemaVersion);
    const changes = source.schemaChanges + 1;
    this.#change(() => {
      const columns: (StoredColumn & { number?: number })[] = this.#columnsOf(source);
      if (converted.length > 0) {
        const converter = new ColumnConverter(this.#database, source, converted, numbers);
        converter.makeColumns(Infinity);
        const end = converter.run(until, performance.now() + LONGEST_REST);
        if (end < source.nextOffset) throw restTooLong();
        for (const [at, { index, storage }] of converted.entries()) {
          columns[index] = { name: columns[index]!.name, storage, number: converter.numbers[at]! };
        }
      }
      const { next } = unusedColumns(this.#database, source.id, []);
      for (const [index, column] of added.entries()) {
        const number = next + index;
        addColumn(this.#database, source.id, number, column);
        const { name, storage } = column;
        columns.push(number === columns.length + 1 ? { name, storage } : { name, storage, number });
      }
      this.#statements.setDefinition.run(definition, JSON.stringify(columns), changes, source.id);
      source.setSchema(placedColumns(columns), changes);
    });
    this.touch(source);
  }

  /** Removes all rows, or all quarantined rows. */
  truncate(name: string, part: 'rows' | 'quarantine'): void {
    const source = this.find(name);
    this.#change(() => {
      this.#removeTable(source, part);
      if (part === 'rows') createRowTable(this.#database, source.id, source.columns);
      else createQuarantineTable(this.#database, source.id);
    });
    if (part === 'rows') this.#emptied(source);
    else this.#emptiedQuarantine(source);
    this.touch(source);
  }

  /** Drops what is held of a data source in memory; only between transactions. */
  release(name: string): void {
    this.#sources.delete(name);
  }

  drop(name: string): void {
    const source = this.find(name);
    this.#change(() => {
      this.#removeTable(source, 'rows');
      this.#removeTable(source, 'quarantine');
      this.#unfinished.delete(source.id);
      this.#removal.begin({ topic: source.id, kind: 'rows' });
      this.#topics.delete(source);
    });
    this.#sources.delete(name);
    this.#changedSources.delete(source);
  }

  /** Writes what changed since it was last called, and notes which data sources advanced. */
  save(now: number, advanced: AdvanceList): void {
    for (const source of this.#changedSources) {
      const { id, nextQuarantineOffset, rowCount, quarantineCount, growth } = source;
      const hasGrown = growth.save(source.nextOffset, now);
      const { nextOffset, textBytes, storedAt, markedAt } = growth.saved;
      this.#statements.save.run(
        ...[nextOffset, nextQuarantineOffset, rowCount, quarantineCount, now, textBytes, storedAt, markedAt, id],
      );
      if (hasGrown) advanced.add(source, nextOffset - 1);
      if (nextQuarantineOffset === source.savedQuarantineOffset) continue;
      source.savedQuarantineOffset = nextQuarantineOffset;
      advanced.addQuarantine(source, nextQuarantineOffset - 1);
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

  /** Its rows are gone, the oldest that it keeps is the next one. */
  #emptied(source: RowTable): void {
    const { id, nextOffset, growth } = source;
    source.rowCount = 0;
    this.#statements.setFront.run(nextOffset, growth.textBytes, id);
    this.#marks.deleteUntil(id, nextOffset);
  }

  #emptiedQuarantine(source: RowTable): void {
    source.quarantineCount = 0;
    this.#statements.setQuarantineFront.run(source.nextQuarantineOffset, source.id);
  }

  /** Removes a table with all it holds, also behind its end. */
  #removeTable(source: RowTable, part: 'rows' | 'quarantine'): void {
    const { id, nextOffset, nextQuarantineOffset, rowCount, quarantineCount } = source;
    const { lastOffset = 0, lastQuarantineOffset = 0 } = this.#unfinished.find(id) ?? {};
    const [table, count, behind] =
      part === 'rows'
        ? [rowTable(id), rowCount, lastOffset - nextOffset + 1]
        : [quarantineTable(id), quarantineCount, lastQuarantineOffset - nextQuarantineOffset + 1];
    removeTable(this.#database, table, count + Math.max(0, behind));
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

function restTooLong(): WriterHubError {
  const reason = 'rows come faster than the stored ones are rewritten for another type of a column';
  return new WriterHubError('store_busy', `${reason}; try again when fewer come`);
}

function parseColumns(text: string | null): StoredColumn[] {
  return JSON.parse(text ?? '[]') as StoredColumn[];
}

/** Where the columns are: those that were never rewritten stand at their places. */
function placedColumns(columns: readonly (StoredColumn & { readonly number?: number })[]): PlacedColumn[] {
  return columns.map(({ storage, number }, index) => ({ storage, number: number ?? index + 1 }));
}

function prepareStatements(database: Database) {
  return {
    findColumns: database.prepare<[number], { columns: string | null }>('SELECT columns FROM topics WHERE id = ?'),
    setDefinition: database.prepare<[string, string, number, number]>(
      'UPDATE topics SET definition = ?, columns = ?, schema_changes = ? WHERE id = ?',
    ),
    setFront: database.prepare<[number, number, number]>(
      'UPDATE topics SET first_offset = ?, removed_bytes = ? WHERE id = ?',
    ),
    setQuarantineFront: database.prepare<[number, number]>(
      'UPDATE topics SET first_quarantine_offset = ? WHERE id = ?',
    ),
    save: database.prepare<number[]>(
      `UPDATE topics SET next_offset = ?, next_quarantine_offset = ?, row_count = ?, quarantine_count = ?, updated_at = ?,
         text_bytes = ?, stored_at = ?, marked_at = ?
       WHERE id = ?`,
    ),
  };
}
