import { WriterHubError } from '../errors';
import { QUARANTINE_SUFFIX, checkDataSourceName, checkTopicName } from '../events/names';
import { renderRetention } from '../events/retention-setting';
import {
  maySee,
  requireAppend,
  requireCreate,
  requireDrop,
  requireRead,
  requireSight,
  type DataSourceAccess,
  type Requirement,
} from './access';
import { type DataSource, toStoredColumn } from './data-source';
import {
  checkSchemaText,
  parseDataSourceFile,
  renderDataSourceFile,
  type DataSourceFile,
} from './definition/datasource-file';
import { fillOf } from './schema/default-value';
import { replayQuarantine, replayQuarantinedRow, type ReplayReport } from './quarantine-replay';
import { holdsEvents, type DataSourceRegistry } from './registry';
import { addColumns, changeSchema, type SchemaChange } from './definition/schema-change';
import type { RowWork } from './row-work';
import { schemaError } from './schema/schema-error';
import type { Column, Schema } from './schema/schema';
import { columnsOf, sqlColumns } from './sql-columns';
import type { DataSourceInfo } from '../store/contract/catalogue';
import type { SqlColumn } from '../store/contract/sql-engine';
import type { Position } from '../store/contract/position';
import type { Store } from '../store/contract/store';

/** Longer texts of schemas are parsed elsewhere. */
const LONGEST_HERE = 16 * 1024;

export interface DataSourceServiceOptions {
  /** Deepest nesting of arrays and objects in a row. */
  readonly maxDepth: number;
  /** How many columns a data source may have. */
  readonly maxColumns: number;
  /** Longest text of a schema, in bytes. */
  readonly maxSchemaBytes: number;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** How often the bytes of a row may be read again for columns that take the same field. */
  readonly maxRereads: number;
  /** Checks quarantined rows again; absent: the main thread does. */
  readonly work?: RowWork;
}

/** The roles of the store that the service needs. */
export type DataSourceStore = Pick<Store, 'catalogue' | 'rows' | 'log'>;

/** A data source and what the store says of it. */
export interface DataSourceStatus {
  readonly source: DataSource;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly rowCount: number;
  readonly quarantineCount: number;
}

/** A schema that is to be pushed, as it came. */
export interface PostedSchema {
  /** `undefined`: there was none. */
  readonly name: string | undefined;
  /** Text of a `.datasource` file. */
  readonly text: string;
  /** For whom: holders take turns at what is scarce. */
  readonly holder: string;
  /** Whose share of the topics a data source takes that is made; absent: nobody's. */
  readonly creator?: string | undefined;
}

/** What pushing a schema did. */
export interface PushReport {
  readonly source: DataSource;
  readonly created: boolean;
  readonly added: readonly Column[];
  /** How many rows are in the quarantine, some of which may fit the changed schema; 0 if it has not changed. */
  readonly quarantined: number;
  /** What is written in the file and has no effect. */
  readonly warnings: readonly string[];
}

/**
 * Everything that is done with data sources besides posting rows to them. Changes of one data source run one after
 * another, so that each happens once, however many callers ask at once.
 */
export class DataSourceService {
  #stopping = false;
  readonly #store: DataSourceStore;
  readonly #registry: DataSourceRegistry;
  readonly #options: DataSourceServiceOptions;

  constructor(store: DataSourceStore, registry: DataSourceRegistry, options: DataSourceServiceOptions) {
    this.#store = store;
    this.#registry = registry;
    this.#options = options;
  }

  /** The data sources the caller may fill, read or remove, in order of name. */
  list(access: DataSourceAccess): DataSource[] {
    return this.#registry.all().filter(({ name }) => maySee(access, name));
  }

  /** Throws, or rejects with, `forbidden`, `unknown_data_source`, `wrong_topic_kind`. */
  async status(access: DataSourceAccess, name: unknown): Promise<DataSourceStatus> {
    const source = await this.#find(access, name, requireSight);
    const topic = await this.#registry.topic(source.name);
    if (topic?.dataSource === undefined) throw unknown(source.name);
    const { rowCount, quarantineCount, updatedAt } = topic.dataSource;
    return { source, createdAt: topic.createdAt, updatedAt, rowCount, quarantineCount };
  }

  /** The name of a data source that the caller may read. Throws as `status`. */
  async readable(access: DataSourceAccess, name: unknown): Promise<string> {
    const source = await this.#find(access, name, requireRead);
    return source.name;
  }

  /** Throws `forbidden` unless the caller may read the data source of this name. */
  checkReader(access: DataSourceAccess, name: unknown): void {
    requireRead(access, checkTopicName(name));
  }

  /** The columns of a data source in one version of its schema, whose file is at hand in case it is another by now. */
  columnsOf(
    name: string,
    { schemaVersion, definition }: Pick<DataSourceInfo, 'schemaVersion' | 'definition'>,
  ): SqlColumn[] {
    const present = this.#registry.get(name);
    return present?.schemaVersion === schemaVersion ? columnsOf(present.schema) : sqlColumns(definition);
  }

  /** Text of its `.datasource` file. */
  async file(access: DataSourceAccess, name: unknown): Promise<string> {
    const source = await this.#find(access, name, requireSight);
    return source.definition;
  }

  /**
   * Creates a data source from the text of a `.datasource` file, or changes the existing one where that leaves what is
   * stored as it is. Rejects with `invalid_schema`, which says what is wrong.
   */
  async push(access: DataSourceAccess, posted: PostedSchema): Promise<PushReport> {
    const { text, holder, creator } = posted;
    this.#checkRunning();
    const name = checkDataSourceName(posted.name ?? missingName());
    requireCreate(access, name);
    const { schema, warnings } = await this.#parse(text, holder);
    return this.#registry.inTurn(name, async () => {
      const present = this.#registry.get(name);
      if (present === undefined) {
        const definition = renderDataSourceFile(schema);
        checkSchemaText(definition, this.#options.maxSchemaBytes);
        const source = await this.#registry.create(name, { definition, schema }, { creator, holder });
        await this.#setRetention(name, schema.keepFor);
        return { source, created: true, added: source.schema.columns, quarantined: 0, warnings };
      }
      const change = changeSchema(present.schema, schema);
      const age = await this.#wantedRetention(access, present, schema);
      const applied = await this.#apply(present, change, holder);
      // Last, as it may remove rows: a file that is refused has removed none.
      await this.#setRetention(name, age);
      return { ...applied, created: false, warnings };
    });
  }

  /** Throws `forbidden` unless the caller may create data sources. */
  checkMayPush(access: DataSourceAccess): void {
    requireCreate(access, 'a data source');
  }

  /** Throws `forbidden` unless the caller may remove the data source of this name. */
  checkMayDrop(access: DataSourceAccess, name: unknown): void {
    requireDrop(access, checkTopicName(name));
  }

  /** Throws what `addColumns` would throw before it looks at the columns, `forbidden` above all. */
  checkMayAddColumns(access: DataSourceAccess, name: unknown): void {
    requireCreate(access, checkTopicName(name));
  }

  /** Adds the columns of a `.datasource` file to those there are. */
  async addColumns(access: DataSourceAccess, name: unknown, text: string, holder: string): Promise<PushReport> {
    this.#checkRunning();
    return this.#inTurn(access, name, requireCreate, async (source) => {
      const { schema, warnings } = await this.#parse(text, holder);
      const change = addColumns(source.schema, schema.columns, this.#options.maxColumns);
      return { ...(await this.#apply(source, change, holder)), created: false, warnings };
    });
  }

  /** Removes all rows, or with the name of a quarantine all quarantined rows. */
  async truncate(access: DataSourceAccess, name: unknown, holder?: string): Promise<void> {
    const checked = checkTopicName(name);
    const isQuarantine = checked.endsWith(QUARANTINE_SUFFIX);
    const owner = isQuarantine ? checked.slice(0, -QUARANTINE_SUFFIX.length) : checked;
    await this.#inTurn(access, owner, requireDrop, (source) =>
      this.#store.rows.truncateDataSource(source.name, isQuarantine ? 'quarantine' : 'rows', holder),
    );
  }

  /** Removes a data source with its rows and its quarantine. */
  async drop(access: DataSourceAccess, name: unknown, holder?: string): Promise<void> {
    await this.#inTurn(access, name, requireDrop, (source) =>
      this.#registry.change(source.name, () => this.#store.rows.dropDataSource(source.name, holder)),
    );
  }

  /** Longest text of a schema, in bytes. */
  get maxSchemaBytes(): number {
    return this.#options.maxSchemaBytes;
  }

  /** Sends quarantined rows through again, each once. `holder`: for whom. */
  async replay(access: DataSourceAccess, name: unknown, holder: string): Promise<ReplayReport> {
    const { maxDepth, maxRereads, now, work } = this.#options;
    return this.#inTurn(access, name, requireAppend, async (source) => {
      const count = await this.#quarantined(source.name);
      return replayQuarantine(this.#store.rows, source, { maxDepth, maxRereads, now: now(), count, work, holder });
    });
  }

  /** Sends one quarantined row through again, or a mended one in its place. Rejects as `replayQuarantinedRow`. */
  async replayRow(
    access: DataSourceAccess,
    name: unknown,
    row: { readonly position: Position; readonly mended?: Uint8Array | undefined },
    holder: string,
  ): Promise<ReplayReport> {
    const { maxDepth, maxRereads, now, work } = this.#options;
    return this.#inTurn(access, name, requireAppend, (source) =>
      replayQuarantinedRow(this.#store.rows, source, { ...row, maxDepth, maxRereads, now: now(), work, holder }),
    );
  }

  /** Throws what a replay would throw first, `forbidden` above all. */
  checkMayReplay(access: DataSourceAccess, name: unknown): void {
    requireAppend(access, checkTopicName(name));
  }

  /** Refuses every change from now on with `shutting_down`. */
  stop(): void {
    this.#stopping = true;
  }

  /** Runs a change of a data source that exists when those before it are over. */
  async #inTurn<T>(
    access: DataSourceAccess,
    name: unknown,
    requirement: Requirement,
    change: (source: DataSource) => Promise<T>,
  ): Promise<T> {
    this.#checkRunning();
    const { name: checked } = await this.#find(access, name, requirement);
    return this.#registry.inTurn(checked, async () => {
      const present = this.#registry.get(checked);
      if (present === undefined) throw unknown(checked);
      return change(present);
    });
  }

  /** Whether the caller may is asked before whether there is such. */
  async #find(access: DataSourceAccess, name: unknown, requirement: Requirement): Promise<DataSource> {
    const checked = checkTopicName(name);
    requirement(access, checked);
    const source = this.#registry.get(checked);
    if (source !== undefined) return source;
    throw (await this.#registry.topic(checked)) === undefined ? unknown(checked) : holdsEvents(checked);
  }

  /** Parses the text of a `.datasource` file, a long one elsewhere if there is where. */
  async #parse(text: string, holder: string): Promise<DataSourceFile> {
    const { maxColumns, maxSchemaBytes, work } = this.#options;
    const limits = { maxColumns, maxSchemaBytes };
    checkSchemaText(text, maxSchemaBytes);
    if (text.length <= LONGEST_HERE || work === undefined) return parseDataSourceFile(text, limits);
    return work.parseSchema({ text, limits, holder });
  }

  /**
   * How long rows are to be kept by the new file: `null` for the server's default, when the file no longer says
   * anything; `undefined` for as long as now.
   */
  async #wantedRetention(
    access: DataSourceAccess,
    { name, schema }: DataSource,
    wanted: Schema,
  ): Promise<number | null | undefined> {
    const present = (await this.#registry.topic(name))?.retention.age;
    if (present === wanted.keepFor || (wanted.keepFor === undefined && present !== schema.keepFor)) return undefined;
    // A shorter retention removes rows.
    requireDrop(access, name);
    return wanted.keepFor ?? null;
  }

  async #setRetention(topic: string, age: number | null | undefined): Promise<void> {
    if (age === undefined) return;
    try {
      await this.#store.log.setRetention({ topic, age, confirmed: false });
    } catch (error) {
      if (!(error instanceof WriterHubError) || error.code !== 'confirmation_required') throw error;
      const command = `writer-hub retention ${topic} --age ${renderRetention({ age: age ?? 0 }).age} --yes`;
      const how = `with "${command}", then push the file again`;
      throw new WriterHubError(error.code, `ENGINE_TTL: ${error.message} ${how}`);
    }
  }

  async #apply(
    source: DataSource,
    { schema, added, converted }: SchemaChange,
    holder: string,
  ): Promise<Pick<PushReport, 'source' | 'added' | 'quarantined'>> {
    const { name, definition, schemaVersion } = source;
    const now = this.#options.now();
    const changed = renderDataSourceFile(schema);
    if (changed === definition) return { source, added, quarantined: 0 };
    checkSchemaText(changed, this.#options.maxSchemaBytes);
    const columns = added.map((column) => ({ ...toStoredColumn(column), fill: fillOf(column, now) }));
    const known = { definition: changed, schema };
    await this.#registry.change(
      name,
      () => {
        const change = { name, schemaVersion, definition: changed, converted, added: columns };
        return this.#store.rows.changeDataSource(change, holder);
      },
      known,
    );
    const present = this.#registry.get(name);
    if (present === undefined) throw unknown(name);
    return { source: present, added, quarantined: await this.#quarantined(name) };
  }

  async #quarantined(name: string): Promise<number> {
    return (await this.#registry.topic(name))?.dataSource?.quarantineCount ?? 0;
  }

  #checkRunning(): void {
    if (this.#stopping) throw new WriterHubError('shutting_down', 'the server is stopping; try again in a moment');
  }
}

function unknown(name: string): WriterHubError {
  return new WriterHubError('unknown_data_source', `Data Source "${name}" does not exist`);
}

function missingName(): never {
  throw schemaError('the data source has no name: give one as the query parameter name');
}
