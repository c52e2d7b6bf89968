import { join } from 'node:path';

/** Where the database of a data directory lies. */
export function databaseFile(directory: string): string {
  return join(directory, 'writer-hub.db');
}

/** The write-ahead log of a database. */
export function logFile(databaseFile: string): string {
  return `${databaseFile}-wal`;
}

/** The index of the log, which the connections of all processes share. */
export function indexFile(databaseFile: string): string {
  return `${databaseFile}-shm`;
}
