import Database, { type Statement } from 'better-sqlite3';
import type { Row } from '../../sql/result-column';
import { createView, identifier } from './identifier';
import { registerExactFunctions } from './dialect/exact-functions';
import { checkProgram, type VdbeInstruction } from './program-check';
import type { ReadableSource, StoredTable } from './readable-source';
import { registerSampleTables } from './sample-tables';

/** The virtual tables that every query may read. */
const JSON_TABLES = ['json_each', 'json_tree', 'jsonb_each', 'jsonb_tree'];

/** KiB of pages that are kept in memory. */
const CACHE_KIBIBYTES = 16 * 1024;

/** A query whose program has been checked. */
export type CheckedQuery = Statement<[], Row>;

/**
 * The connection on which queries run. It cannot write to the database file. Names in a query find its temporary views
 * before they find tables. From `begin` to `end` a query sees the same state of the data.
 */
export class DataConnection {
  readonly database: Database.Database;
  /** The statements of the views that exist, by name. */
  readonly #views = new Map<string, string>();

  /** `spills`: whether what does not fit into its cache goes into temporary files. */
  constructor(file: string, busyTimeout: number, spills: boolean) {
    this.database = new Database(file, { readonly: true, fileMustExist: true, timeout: busyTimeout });
    try {
      this.database.pragma(`temp_store = ${spills ? 'FILE' : 'MEMORY'}`);
      // Also how much sorting and grouping keep in memory before they write files.
      this.database.pragma(`cache_size = -${CACHE_KIBIBYTES}`);
      this.database.pragma('temp.journal_mode = MEMORY');
      this.database.pragma('trusted_schema = OFF');
      this.database.pragma('mmap_size = 0');
      // As in ClickHouse.
      this.database.pragma('case_sensitive_like = ON');
      registerExactFunctions(this.database);
      registerSampleTables(this.database);
      this.database.pragma('query_only = ON');
    } catch (error) {
      this.database.close();
      throw error;
    }
  }

  begin(): void {
    this.database.exec('BEGIN');
  }

  /**
   * Makes exactly these sources readable under their names. Views that exist already stay, since making one costs more
   * than most queries. Others are dropped rather than rolled back, after which SQLite would read the whole schema
   * again.
   */
  showSources(sources: ReadonlyMap<string, ReadableSource>): void {
    const wanted = new Map(
      [...sources].map(([name, { columns, extent, select }]) => {
        const hidden = extent === undefined ? [] : [extent.least, extent.greatest];
        return [name, createView(name, [...columns, ...hidden], select)];
      }),
    );
    const unwanted = [...this.#views].filter(([name, view]) => wanted.get(name) !== view);
    const missing = [...wanted].filter(([name, view]) => this.#views.get(name) !== view);
    if (unwanted.length + missing.length === 0) return;
    this.database.pragma('query_only = OFF');
    try {
      for (const [name] of unwanted) {
        this.database.exec(`DROP VIEW temp.${identifier(name)}`);
        this.#views.delete(name);
      }
      for (const [name, view] of missing) {
        this.database.exec(view);
        this.#views.set(name, view);
      }
    } finally {
      this.database.pragma('query_only = ON');
    }
  }

  /** Compiles a query and checks that it reads only these sources. Throws `invalid_sql`. */
  prepare(sql: string, sources: Iterable<ReadableSource>): CheckedQuery {
    const tables = new Map<string, StoredTable>();
    for (const source of sources) for (const table of source.tables) tables.set(table.name, table);
    const virtual = [...tables.values()].filter(({ isVirtual }) => isVirtual === true).map(({ name }) => name);
    const rootPages = this.#rootPages([...tables.values()].filter(({ isVirtual }) => isVirtual !== true));
    const virtualTables = (): Set<string> => this.#virtualTables([...JSON_TABLES, ...virtual]);
    checkProgram(this.#explain(sql), { rootPages, virtualTables });
    return this.database.prepare<[], Row>(sql).raw().safeIntegers();
  }

  end(): void {
    this.database.exec('COMMIT');
  }

  close(): void {
    this.database.close();
  }

  #explain(sql: string): VdbeInstruction[] {
    return this.database.prepare<[], VdbeInstruction>(`EXPLAIN ${sql}`).raw().all();
  }

  #rootPages(tables: readonly StoredTable[]): Set<number> {
    const pages = new Set<number>();
    for (const { name, index } of tables) {
      const table = `main.${identifier(name)}`;
      this.#collectRootPages(`SELECT * FROM ${table} NOT INDEXED`, pages);
      if (index !== undefined) this.#collectRootPages(`SELECT 1 FROM ${table} INDEXED BY ${identifier(index)}`, pages);
    }
    return pages;
  }

  /** Collects the root pages that a query of our own reads, which callers' queries may therefore read. */
  #collectRootPages(sql: string, pages: Set<number>): void {
    for (const [, opcode, , page] of this.#explain(sql)) if (opcode === 'OpenRead') pages.add(page);
  }

  /** Virtual tables as `EXPLAIN` names them: by their addresses in this connection. */
  #virtualTables(names: readonly string[]): Set<string> {
    const tables = new Set<string>();
    // `main.` keeps data sources of those names out.
    const read = `SELECT 1 FROM ${names.map((name) => `main.${name}`).join(', ')}`;
    for (const [, opcode, , , , table] of this.#explain(read)) {
      if (opcode === 'VOpen' && table !== null) tables.add(table);
    }
    return tables;
  }
}
