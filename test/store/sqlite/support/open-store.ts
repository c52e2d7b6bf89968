import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteEventStore, type SqliteStoreOptions } from '../../../../src/store/sqlite/sqlite-store';

/** A directory of its own for each call, removed after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'writer-hub-'));
  DIRECTORIES.push(directory);
  return directory;
}

const DIRECTORIES: string[] = [];
const STORES: SqliteEventStore[] = [];

/** Opens a store with generous limits; it is closed after the test at the latest. */
export async function openStore(options: Partial<SqliteStoreOptions> = {}): Promise<SqliteEventStore> {
  const store = await SqliteEventStore.open({
    directory: options.directory ?? temporaryDirectory(),
    maxQueueBytes: 64 * 1024 * 1024,
    maxTopics: 1000,
    maxStreamsPerTopic: 1000,
    busyTimeout: 1000,
    ...options,
  });
  STORES.push(store);
  return store;
}

afterEach(async () => {
  await Promise.all(STORES.splice(0).map((store) => store.close()));
});

afterAll(() => {
  for (const directory of DIRECTORIES.splice(0)) rmSync(directory, { recursive: true });
});
