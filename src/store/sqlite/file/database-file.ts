import { join } from 'node:path';

/** Where the database of a data directory lies. */
export function databaseFile(directory: string): string {
  return join(directory, 'writer-hub.db');
}
