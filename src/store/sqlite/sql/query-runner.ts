import { WriterHubError } from '../../../errors';
import { checkId, idOf } from '../file/open-files';
import { CatalogueReader } from './catalogue-reader';
import { DataConnection } from './data-connection';
import { readQuery, translate } from './dialect/translate';
import { identifier } from './identifier';
import { findFormat } from '../../sql/formats/sql-formats';
import { NameProbe } from './name-probe';
import type { NameAccess, NameQuestion, ProcessSettings, ProcessRequest } from './query-messages';
import { readableSource, type ReadableSource } from './readable-source';
import { resultColumns } from './result-columns';
import { ResultWriter } from './result-writer';
import { spellings } from './spellings';
import { toSqlError } from './sql-error';

/** A query as the process receives it. */
export type QueryRequest = Extract<ProcessRequest, { kind: 'query' }>;

/** A check as the process receives it. */
export type CheckRequest = Extract<ProcessRequest, { kind: 'check' }>;

/** What a query process sends to the server while it runs a query. */
export interface ServerChannel {
  askAccess(question: NameQuestion): Promise<NameAccess>;
  sendBody(bytes: Buffer): void;
}

/** Runs queries against the database file, one at a time. */
export class QueryRunner {
  readonly #probe = new NameProbe();
  readonly #catalogue: CatalogueReader;
  readonly #connection: DataConnection;
  readonly #settings: ProcessSettings;
  readonly #server: ServerChannel;

  private constructor(connection: DataConnection, settings: ProcessSettings, server: ServerChannel) {
    this.#connection = connection;
    this.#settings = settings;
    this.#server = server;
    this.#catalogue = new CatalogueReader(connection.database, (question) => server.askAccess(question));
  }

  static open(settings: ProcessSettings, server: ServerChannel): QueryRunner {
    const { databaseFile, file, busyTimeout, maxTemporaryBytes } = settings;
    if (file !== undefined) checkId(databaseFile, idOf(databaseFile), file);
    return new QueryRunner(new DataConnection(databaseFile, busyTimeout, maxTemporaryBytes > 0), settings, server);
  }

  /**
   * Sends the body of the result and resolves with its preamble. From looking up the names to the last row it is one
   * transaction, so a name cannot change its meaning in between.
   */
  async run({ sql, format, quoteLargeIntegers }: QueryRequest): Promise<string> {
    const started = performance.now();
    const elapsed = (): number => (performance.now() - started) / 1000;
    const read = readQuery(sql);
    this.#connection.begin();
    try {
      const sources = await this.#sources(read.sql);
      const translation = translate(read, sources);
      this.#connection.showSources(sources);
      const query = this.#connection.prepare(translation.sql, sources.values());
      const columns = resultColumns(query.columns(), sources.values(), translation.types);
      const text = findFormat(format).create({ columns, quoteLargeIntegers, elapsed });
      return new ResultWriter(this.#settings, (bytes) => {
        this.#server.sendBody(bytes);
      }).write(query, text);
    } catch (error) {
      throw toSqlError(error);
    } finally {
      this.#connection.end();
    }
  }

  /** A JSON array of texts: what is wrong with a table, or the names of all. */
  check({ table }: CheckRequest): string {
    const { database } = this.#connection;
    const rows =
      table === undefined
        ? database.prepare(`SELECT name FROM main.sqlite_schema WHERE type = 'table'`).pluck().all()
        : database
            .prepare(`PRAGMA main.quick_check(${identifier(table)})`)
            .pluck()
            .all();
    return JSON.stringify(rows.filter((row) => row !== 'ok'));
  }

  close(): void {
    this.#probe.close();
    this.#connection.close();
  }

  async #sources(sql: string): Promise<Map<string, ReadableSource>> {
    const sources = new Map<string, ReadableSource>();
    const written = spellings(sql);
    await this.#probe.names(
      sql,
      written.shadowing.filter((name) => this.#catalogue.has(name)),
      async (name) => {
        this.#refuseOtherCase(name, written.of(name));
        const source = readableSource(await this.#catalogue.source(name));
        sources.set(name, source);
        return source.columns;
      },
    );
    return sources;
  }

  /** SQLite would read the same table for names that differ only in case. */
  #refuseOtherCase(name: string, spelled: readonly string[]): void {
    const other = spelled.find((spelling) => spelling !== name && this.#catalogue.has(spelling));
    if (other === undefined) return;
    const both = `${JSON.stringify(name)} and ${JSON.stringify(other)}`;
    throw new WriterHubError('invalid_sql', `a query cannot name both ${both}, which differ only in case`);
  }
}
