import { join } from 'node:path';
import type { RowsAppend, StoredColumn } from '../../../../../src/store/contract/row-store';
import type { SqlColumn } from '../../../../../src/store/contract/sql-engine';
import { SqliteSqlEngine, type SqliteSqlOptions } from '../../../../../src/store/sqlite/sql/sqlite-sql-engine';
import { SqliteStore, type SqliteStoreOptions } from '../../../../../src/store/sqlite/sqlite-store';
import { TestSource } from '../../../support/test-source';
import { temporaryDirectory } from '../../support/open-store';

const OPENED: SqlStore[] = [];

afterEach(async () => {
  await Promise.all(OPENED.splice(0).map((sql) => sql.close()));
});

/** A store with an engine, for one test. */
export async function openSql(
  options?: Partial<SqliteSqlOptions>,
  storeOptions?: Partial<SqliteStoreOptions>,
): Promise<SqlStore> {
  const sql = await SqlStore.open(options, storeOptions);
  OPENED.push(sql);
  return sql;
}

/** A column of a data source as a test writes it down. */
export interface TestColumn extends SqlColumn {
  readonly storage: StoredColumn['storage'];
}

/** A plain column of texts, or of something else. */
export function column(name: string, rest: Partial<TestColumn> = {}): TestColumn {
  return { name, type: 'String', nullable: false, form: 'plain', storage: 'text', ...rest };
}

/** How a query is asked here: as somebody who may read everything, unless it says otherwise. */
export interface Asker {
  readonly mayRead?: (name: string) => boolean;
  readonly quoteLargeIntegers?: boolean;
  readonly holder?: string;
  readonly signal?: AbortSignal;
}

/** A store, and an engine that reads it in processes of its own. Whoever opens it closes it. */
export class SqlStore {
  private constructor(
    readonly store: SqliteStore,
    readonly engine: SqliteSqlEngine,
    readonly directory: string,
  ) {}

  static async open(
    options: Partial<SqliteSqlOptions> = {},
    storeOptions: Partial<SqliteStoreOptions> = {},
  ): Promise<SqlStore> {
    const directory = temporaryDirectory();
    const store = await SqliteStore.open({
      directory,
      maxQueueBytes: 64 * 1024 * 1024,
      maxTopics: 1000,
      maxStreamsPerTopic: 1000,
      busyTimeout: 1000,
      ...storeOptions,
    });
    const engine = new SqliteSqlEngine({
      databaseFile: join(directory, 'writer-hub.db'),
      busyTimeout: 1000,
      processes: 1,
      // No test waits for this, and a busy machine is slow.
      timeout: 60_000,
      maxTextBytes: 65_536,
      maxTemporaryBytes: 512 * 1024 * 1024,
      maxMemoryBytes: 64 * 1024 * 1024,
      maxResultRows: 10_000,
      maxResultBytes: 10_000_000,
      describe: (definition) => JSON.parse(definition) as SqlColumn[],
      ...options,
    });
    return new SqlStore(store, engine, directory);
  }

  async close(): Promise<void> {
    await this.engine.close();
    await this.store.close();
  }

  /** Makes a data source, with rows of JSON texts of its values. */
  async addRows(name: string, columns: readonly TestColumn[], ...rows: string[]): Promise<void> {
    await this.store.rows.createDataSource({ name, definition: JSON.stringify(columns), columns });
    await this.appendRows(name, rows);
  }

  async appendRows(name: string, rows: readonly string[]): Promise<void> {
    const json = Buffer.from(rows.map((row) => (row.startsWith('[') ? row : `[null,${row}]`)).join(','));
    await this.#append(name, { rows: { json, count: rows.length } });
  }

  /** Puts a row into quarantine: its text, where and why it failed, and its values as texts. */
  async quarantine(
    name: string,
    raw: string,
    failures: Record<string, string>,
    originals: (string | null)[],
  ): Promise<void> {
    const base64 = Buffer.from(raw).toString('base64');
    const row = JSON.stringify([base64, Object.keys(failures), Object.values(failures), originals]);
    await this.#append(name, { quarantine: { json: Buffer.from(row), count: 1 } });
  }

  /** The text of a result. */
  async ask(text: string, asker: Asker = {}): Promise<string> {
    const { mayRead = () => true, quoteLargeIntegers = false, holder = 'somebody', signal } = asker;
    const query = { text, mayRead, quoteLargeIntegers, holder, ...(signal && { signal }) };
    const { chunks, bytes } = await this.engine.query(query);
    const body = Buffer.concat(chunks);
    expect(body.length).toBe(bytes);
    return body.toString();
  }

  /** The rows of a result, each the JSON text of an array. */
  async rows(text: string, asker?: Asker): Promise<string[]> {
    return (await this.ask(`${text} FORMAT JSONCompactEachRow`, asker)).split('\n').slice(0, -1);
  }

  async #append(name: string, batches: Partial<Pick<RowsAppend, 'rows' | 'quarantine'>>): Promise<void> {
    const { schemaVersion } = await TestSource.of(this.store, name);
    const nothing = { json: Buffer.alloc(0), count: 0 };
    await this.store.rows.appendRows({ topic: name, schemaVersion, rows: nothing, quarantine: nothing, ...batches });
  }
}
