import { SqliteStore, type SqliteStoreOptions } from '../../../../src/store/sqlite/sqlite-store';
import { temporaryDirectory } from '../../../support/temporary-directory';

export { temporaryDirectory };

const STORES: SqliteStore[] = [];

/** Opens a store with generous limits; it is closed after the test at the latest. */
export async function openStore(options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  const store = await openLastingStore(options);
  STORES.push(store);
  return store;
}

/** The same, to be closed by whoever opens it. */
export function openLastingStore(options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  return SqliteStore.open({
    directory: options.directory ?? temporaryDirectory(),
    maxQueueBytes: 64 * 1024 * 1024,
    maxTopics: 1000,
    maxStreamsPerTopic: 1000,
    busyTimeout: 1000,
    ...options,
  });
}

afterEach(async () => {
  await Promise.all(STORES.splice(0).map((store) => store.close()));
});
