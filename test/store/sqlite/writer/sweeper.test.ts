import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Batch } from '../../../../src/store/sqlite/queue/batch';
import { Committer } from '../../../../src/store/sqlite/writer/committer';
import { openForWriting } from '../../../../src/store/sqlite/file/connection';
import { Sweeper } from '../../../../src/store/sqlite/writer/sweeper';
import { failedRow, quarantineOf, recordOf, values } from '../../support/rows';
import { temporaryDirectory } from '../support/open-store';

/** The first version of the schema of the data source that each test makes. */
const VERSION = '1.0';

const FOR_EVER = { age: 0, bytes: 0 };

/** A writing connection without its thread. */
function openWriter() {
  const databaseFile = join(temporaryDirectory(), 'writer-hub.db');
  const data = {
    databaseFile,
    epoch: 1,
    busyTimeout: 20,
    limits: { maxTopics: 10, maxStreamsPerTopic: 10, maxParametersPerTopic: 10, retention: FOR_EVER },
    maxDatabaseBytes: 0,
    maxLogBytes: 1e9,
    packAfter: 1e9,
  };
  const database = openForWriting(data);
  DATABASES.push(database);
  const committer = new Committer(database, { epoch: data.epoch, limits: { current: data.limits } });
  let number = 0;
  const commit = (fill: (batch: Batch) => void): void => {
    const batch = new Batch();
    fill(batch);
    const { failedChanges, outcomes } = committer.commit(batch.encode({ number: ++number, knownFailure: 0 }));
    expect([failedChanges, outcomes.events.failed, outcomes.rows.failed]).toEqual([[], [], []]);
  };
  commit((batch) => {
    const columns = [{ name: 'a', storage: 'any' }] as const;
    void batch.change({ kind: 'create_data_source', name: 'd', definition: '', columns });
  });
  const count = (table: string): unknown => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  const newSweeper = (): Sweeper =>
    new Sweeper(database, {
      retention: () => FOR_EVER,
      epoch: data.epoch,
      lastFailure: () => 0,
      now: () => Date.now(),
      onRowsRemoved: (name) => {
        committer.rowsRemoved(name);
      },
    });
  return { databaseFile, database, sweeper: newSweeper(), newSweeper, commit, count };
}

const DATABASES: Database.Database[] = [];

afterEach(() => {
  for (const database of DATABASES.splice(0)) database.close();
});

/** Sweeps until nothing is left; gives the number of steps. */
function sweepAll(sweeper: Sweeper): number {
  let steps = 1;
  while (sweeper.step()) steps += 1;
  return steps;
}

const TABLES = `SELECT name FROM sqlite_schema WHERE name GLOB 'discarded_*'`;

describe('Sweeper', () => {
  it('deletes discarded tables in steps, each a commit, and goes on where another stopped', () => {
    const { database, sweeper, newSweeper, commit, count } = openWriter();
    const numbers = Array.from({ length: 10_000 }, (_, index) => index);
    commit((batch) => {
      const failed = numbers.map((number) => failedRow(String(number)));
      const append = { rows: values(...numbers), quarantine: quarantineOf(...failed), schemaVersion: VERSION };
      for (let times = 0; times < 20; times++) void batch.appendRows({ topic: 'd', ...append });
      void batch.change({ kind: 'truncate_data_source', name: 'd', part: 'rows' });
      void batch.change({ kind: 'drop_data_source', name: 'd' });
    });
    expect(database.prepare(TABLES).all()).toHaveLength(2);
    const discarded = Number(count('discarded_1'));
    expect(discarded).toBeGreaterThan(190_000);
    expect(sweeper.step()).toBe(true);
    expect(count('discarded_1')).toBeLessThan(discarded);
    expect(count('discarded_1')).toBeGreaterThan(0);
    expect(sweepAll(newSweeper())).toBeGreaterThan(1);
    expect(database.prepare(TABLES).all()).toEqual([]);
    expect(count('discarded')).toBe(0);
    expect(database.inTransaction).toBe(false);
  });

  it('leaves what took the place of a discarded table', () => {
    const { sweeper, commit, count } = openWriter();
    const failed = Array.from({ length: 20_000 }, (_, index) => failedRow(String(index)));
    commit((batch) => {
      void batch.appendRows({
        topic: 'd',
        schemaVersion: VERSION,
        rows: values(1, 2),
        quarantine: quarantineOf(...failed),
      });
      void batch.change({ kind: 'truncate_data_source', name: 'd', part: 'quarantine' });
      void batch.appendRows({
        topic: 'd',
        schemaVersion: VERSION,
        rows: values(3),
        quarantine: quarantineOf(failedRow('y')),
      });
    });
    expect(count('discarded')).toBe(1);
    sweepAll(sweeper);
    expect([count('discarded'), count('rows_1'), count('quarantine_1')]).toEqual([0, 3, 1]);
  });

  it('deletes expired idempotency records, and no others', () => {
    const { sweeper, commit, count } = openWriter();
    commit((batch) => {
      for (let number = 0; number < 3000; number++) {
        const record = recordOf(`k${number}`, 'body', number % 3 === 0 ? {} : { expiresAt: Date.now() - number });
        void batch.appendRows({
          topic: 'd',
          schemaVersion: VERSION,
          rows: values(1),
          quarantine: quarantineOf(),
          record,
        });
      }
    });
    expect(count('idempotency_records')).toBe(3000);
    sweepAll(sweeper);
    expect(count('idempotency_records')).toBe(1000);
    expect(count('idempotency_records WHERE expires_at > 0 AND expires_at <= unixepoch() * 1000')).toBe(0);
  });

  it('undoes a step that fails, and can be asked again', () => {
    const { databaseFile, sweeper, commit, count } = openWriter();
    const numbers = Array.from({ length: 20_000 }, (_, index) => index);
    commit((batch) => {
      void batch.appendRows({
        topic: 'd',
        schemaVersion: VERSION,
        rows: values(...numbers),
        quarantine: quarantineOf(),
      });
      void batch.change({ kind: 'drop_data_source', name: 'd' });
    });
    const left = count('discarded_1');
    const other = new Database(databaseFile);
    other.exec('BEGIN IMMEDIATE');
    expect(() => sweeper.step()).toThrow(/locked/);
    other.close();
    expect(count('discarded_1')).toBe(left);
    sweepAll(sweeper);
    expect(count('discarded')).toBe(0);
  });
});
