import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type ContractPart, describeStore, type StorePlace } from '../../store-contract';
import { SqliteStore } from '../../../../src/store/sqlite/sqlite-store';
import { temporaryDirectory } from '../../../support/temporary-directory';
import { storedRows } from '../support/stored-rows';

function newPlace(): StorePlace {
  const directory = temporaryDirectory();
  return {
    capabilities: {
      ...{ survivesReopening: true, contiguousOffsets: true, exactLimits: true, refusedLeaveNoTopic: true },
    },
    open: (limits) => SqliteStore.open({ directory, busyTimeout: 100, ...limits }),
    contents: (name) => storedRows(directory, name),
    obstruct: () => {
      // Holds the lock that every writer needs.
      const other = new Database(join(directory, 'writer-hub.db'));
      other.exec('BEGIN IMMEDIATE');
      return () => other.close();
    },
  };
}

/** Holds the embedded store against a part of the contract: a file for each, so that they run side by side. */
export function describeSqliteStore(part: ContractPart): void {
  describe('SqliteStore', () => {
    describeStore(newPlace, part);
  });
}
