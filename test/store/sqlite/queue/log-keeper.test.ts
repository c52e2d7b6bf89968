import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { WriterHubError } from '../../../../src/errors';
import { LogKeeper, type LogReader } from '../../../../src/store/sqlite/queue/log-keeper';
import type { SqliteStore } from '../../../../src/store/sqlite/sqlite-store';
import { batchOf, readAll, send } from '../../support/batches';
import { openStore, temporaryDirectory } from '../support/open-store';

const MEBIBYTE = 1024 * 1024;
const COUNT_FOR_EVER = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n, t';

const sql = {
  processes: 3,
  timeout: 60_000,
  maxTextBytes: 65_536,
  maxMemoryBytes: 64 * MEBIBYTE,
  maxTemporaryBytes: 0,
  maxResultRows: 1000,
  maxResultBytes: MEBIBYTE,
  describe: () => [],
};

/** What the store answers a query with: nothing, or the code of the error. */
async function ask(store: SqliteStore, holder: string, text: string): Promise<string | undefined> {
  try {
    await store.sql?.query({ text, holder, mayRead: () => true, quoteLargeIntegers: false });
    return undefined;
  } catch (error) {
    return `${(error as WriterHubError).code}: ${(error as WriterHubError).message}`;
  }
}

describe('SqliteStore whose queries never leave its write-ahead log alone', () => {
  it('keeps the log bounded, stops those queries, and loses nothing', async () => {
    const store = await openStore({ maxLogBytes: MEBIBYTE, sql });
    let number = 0;
    let largest = 0;
    const write = async (): Promise<void> => {
      const id = String(++number);
      await send(store, 's', batchOf([{ timestamp: 1n, id, value: 'x'.repeat(20_000) }]));
      largest = Math.max(largest, store.storage.logBytes);
    };
    await write();

    const stopped: (string | undefined)[] = [];
    const askThrice = async (holder: string): Promise<void> => {
      for (let times = 0; times < 3; times++) stopped.push(await ask(store, holder, COUNT_FOR_EVER));
    };
    const readOn = async (): Promise<void> => {
      while (stopped.length < 9) await store.log.read({ topic: 't', limit: 10 });
    };
    const writeOn = async (): Promise<void> => {
      while (stopped.length < 9) await write();
    };
    await Promise.all([askThrice('one'), askThrice('two'), askThrice('three'), readOn(), writeOn()]);
    expect(new Set(stopped)).toEqual(
      new Set([expect.stringMatching(/^store_busy: the query was stopped, because .* try again in a second$/)]),
    );
    expect(largest).toBeLessThan(4 * MEBIBYTE);
    expect(await readAll(store)).toHaveLength(number);
    expect(await ask(store, 'one', 'SELECT count(*) FROM t')).toBeUndefined();
  });

  it('counts the log towards the size of the database, and empties it before it refuses anything', async () => {
    const store = await openStore({ maxDatabaseBytes: MEBIBYTE });
    const small = (): Promise<string> => send(store, 's', batchOf([{ timestamp: 1n, id: 'e' }]));
    for (let number = 0; number < 300; number++) {
      await small();
      const { databaseBytes, logBytes } = store.storage;
      expect(databaseBytes + logBytes).toBeLessThan(1.2 * MEBIBYTE);
    }
    expect(store.writable).toBe(true);
  });

  it('refuses writes while another process holds the log of a store that is full with it, and says so', async () => {
    const directory = temporaryDirectory();
    const warnings: string[] = [];
    const log = { info: jest.fn(), error: jest.fn(), warn: (_details: object, text: string) => warnings.push(text) };
    const store = await openStore({ directory, maxDatabaseBytes: MEBIBYTE, busyTimeout: 10, log });
    const write = (): Promise<string> => send(store, 's', batchOf([{ timestamp: 1n, id: 'x'.repeat(1000) }]));
    await write();
    const other = new Database(join(directory, 'writer-hub.db'), { readonly: true });
    other.exec('BEGIN');
    other.prepare('SELECT count(*) FROM topics').get();
    const writeOn = async (): Promise<void> => {
      for (let number = 0; number < 1000; number++) await write();
    };
    await expect(writeOn()).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('write-ahead log have reached their size limit') as string,
    });
    expect(warnings).toContain('the write-ahead log cannot be emptied: another process reads the database');
    other.close();
    await write();
    expect(statSync(join(directory, 'writer-hub.db-wal')).size).toBeLessThan(MEBIBYTE / 2);
  });
});

describe('LogKeeper', () => {
  /** A keeper of a log of 100 bytes at most, and a reader that ends when it is told to. */
  function keeper(...left: number[]) {
    const done: string[] = [];
    let end: () => void = () => undefined;
    const note = (what: string) => (): void => void done.push(what);
    const quick: LogReader = { pause: () => Promise.resolve(), resume: note('read on'), interrupt: note('never') };
    const slow: LogReader = {
      pause: () => new Promise((resolve) => (end = resolve)),
      resume: note('query on'),
      interrupt: note('stop queries'),
    };
    const checkpoint = (empty: boolean): Promise<number> => {
      done.push(empty ? 'empty' : 'move');
      return Promise.resolve(empty ? left.shift()! : 0);
    };
    const onHeld = (bytes: number): unknown => done.push(`held at ${bytes}`);
    const parts = { maxBytes: 100, slow: [slow], quick: [quick], checkpoint, onHeld };
    const endQueries = (): void => {
      end();
    };
    return { keeper: new LogKeeper(parts), done, end: endQueries };
  }

  it('waits for queries until the log has twice its size, then stops them', async () => {
    const { keeper: kept, done, end } = keeper(0);
    for (const bytes of [99, 100, 199]) kept.note(bytes);
    expect(done).toEqual([]);
    kept.note(200);
    expect(done).toEqual(['stop queries']);
    end();
    await kept.stop();
  });

  it('does not hold up readers at every commit when somebody else holds the log', async () => {
    const { keeper: kept, done, end } = keeper(150, 0);
    kept.note(120);
    end();
    await new Promise(setImmediate);
    expect(done).toEqual(['move', 'empty', 'held at 150', 'query on', 'read on']);
    for (const bytes of [151, 174]) kept.note(bytes);
    end();
    await new Promise(setImmediate);
    expect(done).toHaveLength(5);
    kept.note(175);
    end();
    await new Promise(setImmediate);
    expect(done.slice(5)).toEqual(['move', 'empty', 'query on', 'read on']);
  });

  it('stops no queries while somebody else holds the log, and says so once', async () => {
    const { keeper: kept, done, end } = keeper(300, 350, 0, 0);
    for (const bytes of [300, 400, 500]) {
      kept.note(bytes);
      if (bytes > 300) kept.note(bytes + 1);
      end();
      await new Promise(setImmediate);
    }
    expect(done.filter((what) => what.startsWith('held'))).toEqual(['held at 300']);
    expect(done.filter((what) => what === 'stop queries')).toHaveLength(1);
    expect(done.filter((what) => what === 'empty')).toHaveLength(3);
    kept.note(600);
    expect(done.filter((what) => what === 'stop queries')).toHaveLength(2);
    end();
    await kept.stop();
  });

  it('does nothing once it is stopped, and lets readers go on', async () => {
    const { keeper: kept, done, end } = keeper();
    kept.note(100);
    const stopped = kept.stop();
    end();
    await stopped;
    kept.note(1000);
    expect(done).toEqual(['query on', 'read on']);
  });
});
