// A process that has a query running which does not end, says so, and waits to be killed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

const dist = join(dirname(fileURLToPath(import.meta.url)), '../../../../../dist');
const { SqliteSqlEngine } = await import(join(dist, 'store/sqlite/sql/sqlite-sql-engine.js'));

const directory = mkdtempSync(join(tmpdir(), 'writer-hub-test-'));
const databaseFile = join(directory, 'writer-hub.db');
const database = new Database(databaseFile);
database.exec(
  'CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT, kind TEXT, definition TEXT, columns TEXT, next_offset INT, next_quarantine_offset INT, packed_offset INT)',
);
database.exec("INSERT INTO topics VALUES (1, 'shop', 'rows', '[]', '[]', 1, 1, 0)");
database.exec('CREATE TABLE removals (topic INTEGER)');
database.exec('CREATE TABLE unfinished_appends (topic INTEGER)');
database.exec('CREATE TABLE rows_1 (offset INTEGER PRIMARY KEY, rest TEXT)');
database.close();

const engine = new SqliteSqlEngine({
  databaseFile,
  busyTimeout: 1000,
  processes: 1,
  timeout: 600_000,
  maxTextBytes: 1000,
  maxTemporaryBytes: 512 * 1024 * 1024,
  maxMemoryBytes: 1e8,
  maxResultRows: 10,
  maxResultBytes: 1e6,
  describe: () => [],
});
const text =
  'WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t WHERE x NOT IN (SELECT json_array_length(_rest) FROM shop)';
const mayRead = () => {
  // The process has the file open now, and holds it open; it goes without a name.
  rmSync(directory, { recursive: true });
  process.stdout.write('running\n');
  return true;
};
await engine.query({ text, quoteLargeIntegers: false, mayRead });
