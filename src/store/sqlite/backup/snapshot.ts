import { closeSync, openSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { WriterHubError } from '../../../errors';
import { DamageError } from '../channel/failure';
import { refuseNewerSchema, schemaVersion } from '../file/schema';
import { contentsOf, endsOf } from './contents';
import type { CheckedDatabase } from './jobs';

/** How long it is waited for a server that is just opening or closing the database (milliseconds). */
const BUSY_TIMEOUT = 10_000;

/**
 * Copies a database as it is at one moment, while others write to it, and checks the copy: its pages, and that nothing
 * is missing that was stored when the copying began. https://www.sqlite.org/lang_vacuum.html#vacuuminto
 */
export function copyDatabase(from: string, to: string): CheckedDatabase {
  const source = new Database(from, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT });
  let ends: Map<number, number>;
  try {
    refuseNewerSchema(source);
    refuseLittleRoom(source, to);
    ends = endsOf(source);
    // SQLite writes into an empty file, and leaves it the mode it has.
    closeSync(openSync(to, 'wx', 0o600));
    source.prepare('VACUUM INTO ?').run(to);
  } finally {
    source.close();
  }
  return checkDatabase(to, ends);
}

/** Reads a whole database that nobody writes to. Throws `DamageError` when it is not sound, or ends before `ends`. */
export function checkDatabase(file: string, ends: ReadonlyMap<number, number> = new Map()): CheckedDatabase {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    refuseNewerSchema(database);
    const faults = database.pragma('quick_check(3)') as readonly { readonly quick_check: string }[];
    const [first] = faults;
    if (first?.quick_check !== 'ok') {
      throw new DamageError(
        `the database is damaged: ${faults
          .map(({ quick_check: text }) => text)
          .join('; ')
          .slice(0, 500)}`,
      );
    }
    for (const [topic, end] of endsOf(database)) {
      const expected = ends.get(topic) ?? 0;
      if (end < expected) throw new DamageError(`the copy ends before the database: at ${end}, not ${expected}`);
    }
    return { schema: schemaVersion(database), topics: contentsOf(database) };
  } finally {
    database.close();
  }
}

/** A disk that becomes full is the server's too. */
function refuseLittleRoom(source: Database.Database, to: string): void {
  const number = (pragma: string): number => Number(source.pragma(pragma, { simple: true }));
  const needed = (number('page_count') - number('freelist_count')) * number('page_size');
  const { bavail, bsize } = statfsSync(dirname(to));
  const free = bavail * bsize;
  if (free >= needed) return;
  const message = `the backup takes about ${needed} bytes, and ${free} are free there`;
  throw new WriterHubError('store_unavailable', message);
}
