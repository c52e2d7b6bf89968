import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describeStore, type StorePlace } from '../../store-contract';
import { temporaryDirectory } from '../../../support/temporary-directory';
import { openPackedStore } from '../support/packed-store';
import { storedRows } from '../support/stored-rows';

function newPlace(): StorePlace {
  const directory = temporaryDirectory();
  return {
    capabilities: {
      ...{ survivesReopening: true, contiguousOffsets: true, exactLimits: true, refusedLeaveNoTopic: true },
    },
    open: (limits) => openPackedStore({ directory, busyTimeout: 100, ...limits }),
    contents: (name) => storedRows(directory, name),
    obstruct: () => {
      // Holds the lock that every writer needs.
      const other = new Database(join(directory, 'writer-hub.db'));
      other.exec('BEGIN IMMEDIATE');
      return () => other.close();
    },
  };
}

describe('SqliteStore when packages are packed', () => {
  describeStore(newPlace, 'parameters');
});
