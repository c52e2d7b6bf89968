import type { Move, MovedStore, ReadableStore } from '../../../src/moving/moved-store';
import type { Store } from '../../../src/store/contract/store';
import { isBefore } from '../../../src/store/sqlite/channel/offsets';
import { SqliteStore, type SqliteStoreOptions } from '../../../src/store/sqlite/sqlite-store';
import { temporaryDirectory } from '../../support/temporary-directory';

const STORES: Store[] = [];

/** An embedded store, which closes after the test at the latest. */
export async function openSqlite(options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  const limits = { maxTopics: 1000, maxStreamsPerTopic: 1000, maxQueueBytes: 64 * 1024 * 1024 };
  const store = await SqliteStore.open({ directory: temporaryDirectory(), busyTimeout: 1000, ...limits, ...options });
  STORES.push(store);
  return store;
}

afterEach(async () => {
  await Promise.all(STORES.splice(0).map((store) => store.close()));
});

/** A move from one store to another that nobody interrupts. */
export function moveOf(source: MovedStore, target: MovedStore, rest: Partial<Move> = {}): Move {
  return { source: readable(source), target: readable(target), signal: new AbortController().signal, ...rest };
}

function readable(store: MovedStore): ReadableStore {
  return { store, isBefore };
}

/** A store whose writes all fail behind the first few: what the end of the process comes to for what is written. */
export function failingAfter(store: MovedStore, writes: number): MovedStore {
  let left = writes;
  const failing = <Role extends object>(role: Role, names: readonly (keyof Role)[]): Role =>
    new Proxy(role, {
      get(_, name) {
        const method = Reflect.get(role, name, role) as (...given: unknown[]) => unknown;
        if (!names.includes(name as keyof Role)) return method.bind(role);
        return (...given: unknown[]) => {
          left -= 1;
          return left < 0 ? Promise.reject(new Error('killed')) : method.apply(role, given);
        };
      },
    });
  return {
    catalogue: store.catalogue,
    log: failing(store.log, ['append', 'putStream', 'putDefinitions', 'closeStream', 'removeStream', 'setRetention']),
    parameters: failing(store.parameters, ['appendPackage']),
    rows: failing(store.rows, ['createDataSource', 'appendRows']),
    tokens: failing(store.tokens, ['revokeToken']),
  };
}
