import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { checkpoint } from '../../../../src/store/sqlite/file/checkpoint';
import { temporaryDirectory } from '../../../support/temporary-directory';

/** Moves the log while the tests go on, and waits for whoever writes. */
const OTHER = `
  const { workerData } = require('node:worker_threads');
  const database = new (require(workerData.engine))(workerData.file, { timeout: 60_000 });
  // It is told at once that it is busy where the tests look at the log in that very moment.
  while (database.pragma('wal_checkpoint(TRUNCATE)')[0].busy !== 0);
  database.close();
`;

function openLog(): { file: string; writer: Database.Database } {
  const file = join(temporaryDirectory(), 'a.sqlite');
  const writer = new Database(file);
  writer.pragma('journal_mode = WAL');
  writer.exec('create table numbers (number)');
  return { file, writer };
}

describe('checkpoint', () => {
  it('moves the log and tells that nothing is left', () => {
    const { file, writer } = openLog();
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    expect(checkpoint(writer, 'PASSIVE')).toBe(0);
    expect(checkpoint(writer, 'TRUNCATE')).toBe(0);
    expect(statSync(`${file}-wal`).size).toBe(0);
    writer.close();
  });

  it('tells how many pages a reader keeps in the log', () => {
    const { file, writer } = openLog();
    const reader = new Database(file, { readonly: true });
    reader.exec('begin');
    reader.prepare('select * from numbers').all();
    writer.exec('insert into numbers values (1)');
    expect(checkpoint(writer, 'PASSIVE')).toBeGreaterThan(0);
    reader.close();
    writer.close();
  });

  describe('while another one is under way', () => {
    let log: ReturnType<typeof openLog>;
    let database: Database.Database;
    let ended: Promise<unknown>;

    beforeEach(async () => {
      log = openLog();
      database = new Database(log.file, { timeout: 0 });
      log.writer.exec('begin immediate');
      log.writer.exec('insert into numbers values (1)');
      const workerData = { file: log.file, engine: require.resolve('better-sqlite3') };
      ended = once(new Worker(OTHER, { eval: true, workerData }), 'exit');
      // It waits for the writer, and meanwhile lets nobody else move the log.
      const isUnderWay = () => (database.pragma('wal_checkpoint(PASSIVE)') as { busy: number }[])[0]!.busy !== 0;
      while (!isUnderWay()) await setImmediate();
    });

    afterEach(async () => {
      if (log.writer.inTransaction) log.writer.exec('rollback');
      await ended;
      database.close();
      log.writer.close();
    });

    it('waits for its end, whatever the timeout of the connection', () => {
      log.writer.exec('commit');
      checkpoint(database, 'TRUNCATE', 60_000);
      expect(statSync(`${log.file}-wal`).size).toBe(0);
    });

    it('gives up when its patience is at an end', () => {
      checkpoint(database, 'TRUNCATE', 10);
      expect(statSync(`${log.file}-wal`).size).toBeGreaterThan(0);
    });
  });
});
