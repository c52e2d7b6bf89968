import type { DataSourceInfo } from '../../../src/store/contract/catalogue';
import type { Position } from '../../../src/store/contract/position';
import type {
  ColumnStorage,
  DataSourceChange,
  QuarantinedRow,
  RowsAppend,
  SchemaVersion,
} from '../../../src/store/contract/row-store';
import type { Store } from '../../../src/store/contract/store';
import { nothing } from './rows';

/** What these helpers need of a store. */
type RowsStore = Pick<Store, 'catalogue' | 'rows'>;

/** A data source, and the version of its schema that rows and changes are made for. */
export class TestSource {
  readonly #store: RowsStore;
  readonly #name: string;
  readonly schemaVersion: SchemaVersion;

  constructor(store: RowsStore, name: string, schemaVersion: SchemaVersion) {
    this.#store = store;
    this.#name = name;
    this.schemaVersion = schemaVersion;
  }

  /** Data source `d`, or another, with its present schema. */
  static async of(store: RowsStore, name = 'd'): Promise<TestSource> {
    return new TestSource(store, name, (await infoOf(store, name)).schemaVersion);
  }

  /** Appends; gives the answer of the first time if it was stored before. */
  async send(append: Partial<RowsAppend>): Promise<string | undefined> {
    const { schemaVersion } = this;
    const whole = { topic: this.#name, schemaVersion, rows: nothing, quarantine: nothing, ...append };
    return (await this.#store.rows.appendRows(whole)).answer;
  }

  /** Changes the definition to `new`, and what else is said. */
  change(change: Partial<DataSourceChange> = {}): Promise<void> {
    const { schemaVersion } = this;
    return this.#store.rows.changeDataSource({
      name: this.#name,
      schemaVersion,
      definition: 'new',
      added: [],
      ...change,
    });
  }

  /** The same with the schema that it has now. */
  current(): Promise<TestSource> {
    return TestSource.of(this.#store, this.#name);
  }

  info(): ReturnType<typeof infoOf> {
    return infoOf(this.#store, this.#name);
  }

  /** All quarantined rows, read by pages. */
  async quarantine(): Promise<QuarantinedRow[]> {
    const rows: QuarantinedRow[] = [];
    for (;;) {
      const last = rows.at(-1);
      const page = await this.#store.rows.quarantinedRows(this.#name, {
        limit: 1000,
        ...(last !== undefined && { after: last.id }),
      });
      if (page.length === 0) return rows;
      rows.push(...page);
    }
  }
}

/** Makes data source `d`, or another, with columns of these storages. */
export async function createSource(
  store: RowsStore,
  storages: readonly ColumnStorage[] = ['any'],
  name = 'd',
): Promise<TestSource> {
  const columns = storages.map((storage, index) => ({ name: `column ${index}`, storage }));
  await store.rows.createDataSource({ name, definition: `definition of ${name}`, columns });
  return TestSource.of(store, name);
}

/** What the store says of data source `d`, or another. */
export async function infoOf(store: RowsStore, name = 'd'): Promise<DataSourceInfo & { readonly position: Position }> {
  const topic = await store.catalogue.topic(name);
  if (topic?.dataSource === undefined) throw new Error(`there is no data source ${name}`);
  return { ...topic.dataSource, position: topic.position };
}
