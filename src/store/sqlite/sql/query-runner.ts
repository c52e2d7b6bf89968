import { WriterHubError } from '../../../errors';
import { CatalogueReader } from './catalogue-reader';
import { DataConnection } from './data-connection';
import { formatNamed } from '../../sql/formats/formats';
import { NameProbe } from './name-probe';
import type { NameAccess, NameQuestion, ProcessSettings, QueryRequest } from './query-messages';
import { readableSource, type ReadableSource } from './readable-source';
import { resultColumns } from './result-columns';
import { ResultWriter } from './result-writer';
import { spellings } from './spellings';
import { toSqlError } from './sql-error';

/** A query as it comes to the process. */
export type QueryOrder = Extract<QueryRequest, { kind: 'query' }>;

/** What a running query says to the server. */
export interface QueryOutlet {
  ask(question: NameQuestion): Promise<NameAccess>;
  body(bytes: Buffer): void;
}

/** Runs one query after another against the database file. */
export class QueryRunner {
  readonly #probe = new NameProbe();
  readonly #catalogue: CatalogueReader;
  readonly #connection: DataConnection;
  readonly #settings: ProcessSettings;
  readonly #outlet: QueryOutlet;

  private constructor(connection: DataConnection, settings: ProcessSettings, outlet: QueryOutlet) {
    this.#connection = connection;
    this.#settings = settings;
    this.#outlet = outlet;

    this.#catalogue = new CatalogueReader(connection.database, (question) => outlet.ask(question));
  }

  static open(settings: ProcessSettings, outlet: QueryOutlet): QueryRunner {
    return new QueryRunner(new DataConnection(settings.databaseFile, settings.busyTimeout), settings, outlet);
  }

  /**
   * Sends the result and gives what stands in front of it. From finding out what the names mean to the last row it is one
   * transaction: a name cannot come to mean something else in between.
   */
  async run({ sql, format, quoteLargeIntegers }: QueryOrder): Promise<string> {
    const started = performance.now();
    const elapsed = (): number => (performance.now() - started) / 1000;
    this.#connection.begin();
    try {
      const sources = await this.#sources(sql);
      this.#connection.showSources(sources);
      const query = this.#connection.prepare(sql, sources.values());
      const columns = resultColumns(query.columns(), sources.values());
      const text = formatNamed(format).write({ columns, quoteLargeIntegers, elapsed });
      return new ResultWriter(this.#settings, (bytes) => {
        this.#outlet.body(bytes);
      }).write(query, text);
    } catch (error) {
      throw toSqlError(error);
    } finally {
      this.#connection.end();
    }
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

  /** SQLite would take the same table for names that differ in case alone. */
  #refuseOtherCase(name: string, spelled: readonly string[]): void {
    const other = spelled.find((spelling) => spelling !== name && this.#catalogue.has(spelling));
    if (other === undefined) return;
    const message = `a query cannot name both ${JSON.stringify(name)} and ${JSON.stringify(other)}, which differ in case alone`;
    throw new WriterHubError('invalid_sql', message);
  }
}
