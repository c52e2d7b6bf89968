import { resolve } from 'node:path';
import type { Config } from './config';
import { sqlColumns } from './datasources/sql-columns';
import type { SqlEngine } from './store/sql-engine';
import { databaseFile } from './store/sqlite/file/database-file';
import { SqliteSqlEngine } from './store/sqlite/sql/sqlite-sql-engine';

/** The SQL of the store that is set. A process is started when the first query comes. */
export function createSqlEngine(config: Config): SqlEngine {
  return new SqliteSqlEngine({
    databaseFile: databaseFile(resolve(config.dataDir)),
    busyTimeout: config.busyTimeout,
    processes: config.sqlProcesses,
    timeout: config.sqlTimeout,
    maxTextBytes: config.maxSqlBytes,
    maxMemoryBytes: config.maxSqlMemoryBytes,
    maxResultRows: config.maxResultRows,
    maxResultBytes: config.maxResultBytes,
    describe: sqlColumns,
  });
}
