import { join } from 'node:path';
import Database from 'better-sqlite3';
import { plain, type Contents } from '../../support/rows';

interface StoredTopic {
  readonly id: number;
  /** JSON text. */
  readonly columns: string;
}

interface StoredQuarantine {
  readonly raw: Buffer;
  readonly columns: string;
  readonly reasons: string;
  readonly originals: string;
}

/** Opens the database of a store's directory to read it. */
export function openDatabase(directory: string): Database.Database {
  return new Database(join(directory, 'writer-hub.db'), { readonly: true });
}

/** What is committed of a data source in the store of a directory. */
export function storedRows(directory: string, name: string): Contents {
  const database = openDatabase(directory);
  const { id, columns } = database.prepare('SELECT id, columns FROM topics WHERE name = ?').get(name) as StoredTopic;
  const placed = JSON.parse(columns) as { number?: number }[];
  const names = ['offset', 'rest', ...placed.map(({ number }, index) => `c${number ?? index + 1}`)];
  const rows = database
    .prepare(`SELECT ${names.join(', ')} FROM rows_${id} ORDER BY offset`)
    .raw()
    .safeIntegers()
    .all();
  const aside = database.prepare(`SELECT * FROM quarantine_${id} ORDER BY offset`).all() as StoredQuarantine[];
  database.close();
  return {
    rows: (rows as unknown[][]).map(([offset, ...rest]) => [String(offset), ...rest.map(plain)]),
    quarantine: aside.map(({ raw, columns, reasons, originals }) => ({
      raw,
      columns: JSON.parse(columns) as string[],
      reasons: JSON.parse(reasons) as string[],
      originals: JSON.parse(originals) as (string | null)[],
    })),
  };
}

/** Resolves when the writer has emptied all tables out of use, looking after each turn of the event loop. */
export async function discardedGone(directory: string): Promise<void> {
  const database = openDatabase(directory);
  const left = database.prepare('SELECT count(*) FROM discarded').pluck();
  while (left.get() !== 0) await new Promise(setImmediate);
  const tables = database.prepare(`SELECT count(*) FROM sqlite_schema WHERE name GLOB 'discarded_*'`).pluck().get();
  expect(tables).toBe(0);
  database.close();
}
