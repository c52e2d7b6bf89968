import { WriterHubError } from '../errors';
import type { TopicInfo } from '../store/contract/catalogue';
import type { SchemaVersion } from '../store/contract/row-store';
import type { Store } from '../store/contract/store';
import { DataSource, toStoredColumn } from './data-source';
import { parseDataSourceFile } from './definition/datasource-file';
import type { Schema } from './schema/schema';
import { KeyedMutex } from './keyed-mutex';

/** Topics that are asked for at once. */
const PAGE = 1000;

/** A schema that is stored already is taken as it is, whatever the limit on new ones. */
const STORED = { maxColumns: Infinity };

/** A schema whose text is known. */
export interface KnownSchema {
  readonly definition: string;
  readonly schema: Schema;
}

/** The roles of the store that the registry needs. */
export type RegistryStore = Pick<Store, 'catalogue' | 'rows' | 'observe'>;

/**
 * Every data source by its name, as the store has it. Changes of one data source take turns; rows do not wait for them,
 * because the store refuses rows that were made for another schema.
 */
export class DataSourceRegistry {
  readonly #sources = new Map<string, DataSource>();
  readonly #changes = new KeyedMutex();
  readonly #store: RegistryStore;

  /** Whether all that the store had when it was asked first is known. */
  #isLoaded = false;
  #noticed = new Set<string>();
  readonly #onUnread: (error: unknown) => void;

  private constructor(store: RegistryStore, onUnread: (error: unknown) => void) {
    this.#store = store;
    this.#onUnread = onUnread;
  }

  /**
   * Reads all data sources of a store, and from then on what others have made of them: another hub of the same store.
   * `onUnread` is told when what others have made cannot be read, which is tried again with the next change that the
   * store tells, and with `isLater` also when those at the beginning cannot be; else that rejects.
   */
  static async load(
    store: RegistryStore,
    { onUnread, isLater = false }: { readonly onUnread: (error: unknown) => void; readonly isLater?: boolean },
  ): Promise<DataSourceRegistry> {
    const registry = new DataSourceRegistry(store, onUnread);
    store.observe({
      onChange: ({ changes }) => {
        for (const { topic, streamId } of changes) if (streamId === undefined) registry.#notice(topic);
      },
    });
    await registry.#loadAll().catch((error: unknown) => {
      if (!isLater) throw error;
      onUnread(error);
    });
    return registry;
  }

  get(name: string): DataSource | undefined {
    return this.#sources.get(name);
  }

  /** In order of name. */
  all(): DataSource[] {
    return [...this.#sources.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Runs a change of a data source when those before it are over. */
  inTurn<T>(name: string, change: () => Promise<T>): Promise<T> {
    return this.#changes.run(name, change);
  }

  /**
   * Looks again what the store has under a name, once changes that are under way are over. `outdated` is what was known
   * so far.
   */
  refresh(name: string, outdated: DataSource): Promise<void> {
    return this.inTurn(name, async () => {
      if (this.#sources.get(name) === outdated) await this.#reload(name);
    });
  }

  /**
   * Makes a data source, which takes of the creator's share of the topics, if one is named, and of the holder's turns
   * at the disk; called in its turn. Rejects with `wrong_topic_kind` when a topic of events has the name.
   */
  async create(
    name: string,
    known: KnownSchema,
    { creator, holder }: { readonly creator?: string | undefined; readonly holder?: string | undefined } = {},
  ): Promise<DataSource> {
    const { definition, schema } = known;
    const source = { name, definition, columns: schema.columns.map(toStoredColumn) };
    try {
      await this.#store.rows.createDataSource({ ...source, creator }, holder);
    } catch (error) {
      if (!(error instanceof WriterHubError) || error.code !== 'topic_exists') throw error;
    }
    await this.#reload(name, known);
    const present = this.#sources.get(name);
    if (present === undefined) throw holdsEvents(name);
    return present;
  }

  /**
   * Has the store carry out a change, and takes over what it says of the data source then; called in its turn. `known`
   * is the schema that the change makes, so that it need not be parsed.
   */
  async change(name: string, change: () => Promise<void>, known?: KnownSchema): Promise<void> {
    const changed = await outcomeOf(change());
    // A change that failed may still have been made, when it was the answer that got lost.
    const reloaded = await outcomeOf(this.#reload(name, known));
    for (const outcome of [changed, reloaded]) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** What the store says of a topic, whatever it holds. */
  topic(name: string): Promise<TopicInfo | undefined> {
    return this.#store.catalogue.topic(name);
  }

  async #loadAll(): Promise<void> {
    let after: string | undefined;
    do {
      const topics = await this.#store.catalogue.topics({ ...(after !== undefined && { after }), limit: PAGE });
      for (const topic of topics) this.#adopt(topic);
      after = topics.length < PAGE ? undefined : topics.at(-1)!.name;
    } while (after !== undefined);
    this.#isLoaded = true;
  }

  /** A topic was made, changed or removed, here or elsewhere. What is told in one turn is looked at together. */
  #notice(name: string): void {
    this.#noticed.add(name);
    if (this.#noticed.size > 1) return;
    setImmediate(() => {
      const names = [...this.#noticed];
      this.#noticed = new Set();
      void this.#look(names).catch(this.#onUnread);
    });
  }

  async #look(names: readonly string[]): Promise<void> {
    if (!this.#isLoaded) await this.#loadAll();
    for (let at = 0; at < names.length; at += PAGE) {
      const some = names.slice(at, at + PAGE);
      const topics = new Map((await this.#store.catalogue.namedTopics(some)).map((topic) => [topic.name, topic]));
      const outdated = some.filter((name) => this.#versionOf(name) !== topics.get(name)?.dataSource?.schemaVersion);
      await Promise.all(outdated.map((name) => this.inTurn(name, () => this.#reload(name))));
    }
  }

  #versionOf(name: string): SchemaVersion | undefined {
    return this.#sources.get(name)?.schemaVersion;
  }

  /** Takes over what the store says of a data source; called in its turn. */
  async #reload(name: string, known?: KnownSchema): Promise<void> {
    const topic = await this.topic(name);
    if (topic?.dataSource === undefined) this.#sources.delete(name);
    else if (topic.dataSource.schemaVersion !== this.#sources.get(name)?.schemaVersion) this.#adopt(topic, known);
  }

  #adopt({ name, dataSource }: TopicInfo, known?: KnownSchema): void {
    if (dataSource === undefined) return;
    const { definition, schemaVersion } = dataSource;
    const isKnown = known?.definition === definition;
    const { schema } = isKnown ? known : parseDataSourceFile(definition, STORED);
    this.#sources.set(name, new DataSource(name, schema, schemaVersion, isKnown ? definition : undefined));
  }
}

async function outcomeOf(task: Promise<void>): Promise<PromiseSettledResult<void>> {
  const [outcome] = await Promise.allSettled([task]);
  return outcome;
}

/** The refusal of rows for a topic that holds events. */
export function holdsEvents(name: string): WriterHubError {
  return new WriterHubError(
    'wrong_topic_kind',
    `${name} is a topic of events; send events to /topics/${encodeURIComponent(name)}/streams/{streamId}/events/data`,
  );
}
