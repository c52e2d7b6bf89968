import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { ParameterStore } from '../../../../src/store/contract/parameter-store';
import { SqliteStore, type SqliteStoreOptions } from '../../../../src/store/sqlite/sqlite-store';
import { GREATEST_LEVEL, MERGED_AT_ONCE } from '../../../../src/store/sqlite/file/block-levels';

/** A store that packs packages as soon as they are stored, and reads parameter data only when all of it is packed. */
export async function openPackedStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const store = await SqliteStore.open({ packAfter: 0, ...options });
  const { parameters } = store;
  const packed = <Given extends unknown[], Result>(read: (...given: Given) => Promise<Result>) => {
    return async (...given: Given): Promise<Result> => {
      await untilPacked(options.directory);
      return read.apply(parameters, given);
    };
  };
  const patient: ParameterStore = {
    appendPackage: (append) => parameters.appendPackage(append),
    readPackages: packed((query) => parameters.readPackages(query)),
    readSamples: packed((query) => parameters.readSamples(query)),
    aggregateSamples: packed((query) => parameters.aggregateSamples(query)),
    seenParameters: packed((...given) => parameters.seenParameters(...given)),
  };
  return Object.defineProperty(store, 'parameters', { value: patient });
}

/**
 * Resolves when no topic has a package that is not packed, and no series blocks that are to be put together. It
 * lets the thread that packs have the processor.
 */
export async function untilPacked(directory: string): Promise<void> {
  const database = new Database(join(directory, 'writer-hub.db'), { readonly: true });
  try {
    while (hasUnpacked(database) || hasUnmerged(database)) await setTimeout(2);
  } finally {
    database.close();
  }
}

function hasUnpacked(database: Database.Database): boolean {
  const topics = database.prepare('SELECT id FROM topics WHERE package_count > 0').pluck().all() as number[];
  return topics.some((topic) => {
    const table = `packages_${topic}`;
    return database.prepare(`SELECT 1 FROM ${table} WHERE stream > 0 LIMIT 1`).get() !== undefined;
  });
}

function hasUnmerged(database: Database.Database): boolean {
  const blocks = `SELECT 1 FROM blocks WHERE level < ${GREATEST_LEVEL}
    GROUP BY series, level HAVING count(*) >= ${MERGED_AT_ONCE} LIMIT 1`;
  return database.prepare(blocks).get() !== undefined;
}
