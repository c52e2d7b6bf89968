import {
  copyFileSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SqliteStore, SqliteStoreOptions } from '../../../../src/store/sqlite/sqlite-store';
import { batchAt, batchOf, idsOf, readAll, send } from '../../support/batches';
import { childrenOf } from '../sql/support/processes';
import { Recorder } from '../../support/recorder';
import { openStore, temporaryDirectory } from '../support/open-store';

const DATABASE = 'writer-hub.db';
const LOG = `${DATABASE}-wal`;
const PAGE_BYTES = 8192;
const COMMITS = 100;

const sql = {
  processes: 1,
  timeout: 60_000,
  maxTextBytes: 65_536,
  maxMemoryBytes: 64 * 1024 * 1024,
  maxTemporaryBytes: 0,
  maxResultRows: 100_000,
  maxResultBytes: 10_000_000,
  describe: () => [],
};

/** Opens a store and gives what it says of its files, each line with its level in front. */
async function openAndListen(
  directory: string,
  options: Partial<SqliteStoreOptions> = {},
): Promise<{ store: SqliteStore; lines: string[]; details: object[] }> {
  const lines: string[] = [];
  const details: object[] = [];
  const at = (level: string) => (detail: object, text: string) => {
    details.push(detail);
    lines.push(`${level}: ${text}`);
  };
  const log = { info: at('info'), warn: at('warn'), error: at('error') };
  return { store: await openStore({ directory, log, ...options }), lines, details };
}

/** A directory with the files of a store as they are after so many commits, one event each, if it is not closed. */
async function crashed(): Promise<string> {
  const [running, directory] = [temporaryDirectory(), temporaryDirectory()];
  const store = await openStore({ directory: running });
  for (let number = 1; number <= COMMITS; number++) await send(store, 's', batchAt(number));
  for (const name of [DATABASE, LOG]) copyFileSync(join(running, name), join(directory, name));
  return directory;
}

function overwrite(path: string, at: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

/** Changes bytes in the middle of a file. */
function damage(path: string, at: number): void {
  overwrite(path, at, Buffer.alloc(64, 0xa5));
}

const copiesOf = (lines: readonly string[]): string[] => lines.map((line) => /kept in (\S+)$/.exec(line)?.[1] ?? '');

describe('SqliteStore.open after a crash', () => {
  it('says how many commits it recovers', async () => {
    const { store, lines } = await openAndListen(await crashed());
    // The schema is a commit as well.
    expect(lines).toEqual([`info: ${COMMITS + 1} commits are recovered from the write-ahead log`]);
    expect(await readAll(store)).toHaveLength(COMMITS);
    await expect(store.probe()).resolves.toBeUndefined();
  });

  it('says nothing after it was closed', async () => {
    const directory = temporaryDirectory();
    const before = await openStore({ directory });
    await send(before, 's', batchAt(1));
    await before.close();
    const { lines } = await openAndListen(directory);
    expect(lines).toEqual([]);
  });

  it('puts a log aside whose header is damaged, and says what is in it', async () => {
    const directory = await crashed();
    damage(join(directory, LOG), 0);
    const damaged = readFileSync(join(directory, LOG));
    const { lines, details } = await openAndListen(directory);
    expect(lines).toEqual([
      expect.stringMatching(/^error: the write-ahead log has a damaged header: .* a copy of the log/),
    ]);
    expect(details).toMatchObject([{ commits: 0, lostCommits: COMMITS + 1 }]);
    expect(readFileSync(copiesOf(lines)[0]!).equals(damaged)).toBe(true);
  });

  it('puts a log aside that is damaged in the middle, recovers what lies before, and tells both', async () => {
    const directory = await crashed();
    const log = join(directory, LOG);
    damage(log, Math.floor(statSync(log).size / 2));
    const { store, lines, details } = await openAndListen(directory);
    expect(lines).toEqual([
      expect.stringMatching(/^info: \d+ commits are recovered/),
      expect.stringMatching(/^error: the write-ahead log is damaged in the middle: \d+ frames with \d+ commits/),
    ]);
    const { commits, lostCommits } = details[1] as { commits: number; lostCommits: number };
    const stored = idsOf(await readAll(store));
    expect(stored).toEqual(Array.from({ length: commits - 1 }, (_, index) => String(index + 1)));
    expect(COMMITS + 1 - commits - lostCommits).toBeLessThanOrEqual(1);
    expect(copiesOf(lines.slice(1))).toHaveLength(1);
  });

  it('says that a log is cut short', async () => {
    const directory = await crashed();
    const log = join(directory, LOG);
    truncateSync(log, Math.floor(statSync(log).size * 0.6) + 100);
    const { store, lines } = await openAndListen(directory);
    expect(lines).toEqual([
      expect.stringMatching(/^info: \d+ commits are recovered/),
      expect.stringMatching(/^warn: the write-ahead log ends with \d+ frames of a commit that was not finished$/),
    ]);
    expect((await readAll(store)).length).toBeGreaterThan(0);
  });

  it('passes over what is left of an earlier log', async () => {
    const directory = temporaryDirectory();
    const running = temporaryDirectory();
    const source = await openStore({ directory: running });
    // More than the log holds before it is begun anew.
    const large = batchOf([{ timestamp: 1n, id: 'large', value: 'x'.repeat(1_000_000) }]);
    for (let number = 0; number < 40; number++) await send(source, 's', large);
    for (const name of [DATABASE, LOG]) copyFileSync(join(running, name), join(directory, name));
    const { store, lines } = await openAndListen(directory);
    expect(lines).toEqual([expect.stringMatching(/^info: \d+ commits are recovered/)]);
    expect(Number(/\d+/.exec(String(lines[0]))![0])).toBeLessThan(40);
    expect(await readAll(store)).toHaveLength(40);
  });

  it('does not open a database file that was cut, and says so', async () => {
    const directory = temporaryDirectory();
    const before = await openStore({ directory });
    await send(before, 's', batchOf([{ timestamp: 1n, id: 'e', value: 'x'.repeat(100_000) }]));
    await before.close();
    truncateSync(join(directory, DATABASE), statSync(join(directory, DATABASE)).size - PAGE_BYTES);
    const error = jest.fn();
    const opened = openStore({ directory, log: { info: jest.fn(), warn: jest.fn(), error } });
    await expect(opened).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(error).toHaveBeenCalledWith(
      expect.anything(),
      expect.stringMatching(/^the database file is damaged: it has \d+ bytes, and \d+ by its header$/),
    );
  });
});

describe('SqliteStore whose database is damaged', () => {
  /** A closed store of events of 100 KB in whose middle a few pages were overwritten. */
  async function damaged(): Promise<string> {
    const directory = temporaryDirectory();
    const before = await openStore({ directory });
    const events = Array.from({ length: 2000 }, (_, index) => ({
      timestamp: 1n,
      id: `${index}`,
      value: 'x'.repeat(500),
    }));
    await send(before, 's', batchOf(events));
    await before.close();
    const file = join(directory, DATABASE);
    const middle = Math.floor(statSync(file).size / PAGE_BYTES / 2) * PAGE_BYTES;
    overwrite(file, middle, Buffer.alloc(6 * PAGE_BYTES, 0xa5));
    return directory;
  }

  const readWith: [string, (store: SqliteStore) => Promise<unknown>][] = [
    ['a read', (store) => readAll(store)],
    [
      'a query',
      (store) =>
        store.sql!.query({
          text: 'SELECT sum(length(value)) FROM t',
          mayRead: () => true,
          quoteLargeIntegers: false,
          holder: '',
        }),
    ],
  ];

  it('is no longer written to once a check of its tables has met the damage', async () => {
    const { store, lines } = await openAndListen(await damaged(), { checkInterval: 1 });
    const recorder = Recorder.of(store);
    await recorder.until(() => recorder.turns.length > 0);
    await expect(send(store, 's', batchAt(1))).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(recorder.turns).toEqual([
      expect.objectContaining({ message: expect.stringContaining(' is damaged') as string }),
    ]);
    expect(lines).toEqual([]);
  });

  it.each(readWith)('is no longer written to once %s has met the damage, and says so once', async (_, read) => {
    const store = await openStore({ directory: await damaged(), sql });
    const { turns } = Recorder.of(store);
    await send(store, 's', batchAt(1));
    for (let times = 0; times < 2; times++) {
      await expect(read(store)).rejects.toMatchObject({ code: 'store_unavailable' });
    }
    const message = expect.stringMatching(/until it is started again: .* is damaged \(SQLITE_CORRUPT\)/) as string;
    await expect(send(store, 's', batchAt(2))).rejects.toMatchObject({ code: 'store_unavailable', message });
    await expect(store.probe()).rejects.toMatchObject({ message });
    expect([turns, store.writable]).toEqual([[expect.objectContaining({ message })], false]);
    // What can be read still is.
    expect((await store.log.read({ topic: 't', limit: 5 })).events).toHaveLength(5);
  });
});

describe('SqliteStore whose files are taken away while it runs', () => {
  const names = [DATABASE, LOG];

  it.each(names)('acknowledges nothing once %s is removed', async (name) => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    const { turns } = Recorder.of(store);
    await send(store, 's', batchAt(1));
    rmSync(join(directory, name));
    const message = expect.stringContaining(`${name} was removed while the store had it open`) as string;
    for (let number = 2; number < 5; number++) {
      await expect(send(store, 's', batchAt(number))).rejects.toMatchObject({ code: 'store_unavailable', message });
    }
    await expect(store.probe()).rejects.toMatchObject({ message });
    expect(turns).toEqual([expect.objectContaining({ message })]);
  });

  it.each(names)('acknowledges nothing once another file is %s', async (name) => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    await send(store, 's', batchAt(1));
    const other = join(directory, 'other');
    writeFileSync(other, readFileSync(join(directory, name)));
    renameSync(other, join(directory, name));
    const message = expect.stringContaining(`${name} was replaced by another file`) as string;
    await expect(send(store, 's', batchAt(2))).rejects.toMatchObject({ code: 'store_unavailable', message });
  });

  it('answers no query from another file under its name, and is no longer written to then', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory, sql });
    await send(store, 's', batchAt(1));
    const other = join(directory, 'other');
    writeFileSync(other, readFileSync(join(directory, DATABASE)));
    renameSync(other, join(directory, DATABASE));
    const { turns } = Recorder.of(store);
    const asked = { text: 'SELECT 1', mayRead: () => true, quoteLargeIntegers: false, holder: '' };
    const message = expect.stringContaining(`${DATABASE} was replaced by another file`) as string;
    await expect(store.sql!.query(asked)).rejects.toMatchObject({ code: 'store_unavailable', message });
    expect(turns).toEqual([expect.objectContaining({ message })]);
  });

  it('is no longer written to soon after the index of its log is removed, and loses nothing', async () => {
    const directory = temporaryDirectory();
    const store = await openStore({ directory });
    rmSync(join(directory, `${DATABASE}-shm`));
    let acknowledged = 0;
    const sendOn = async (): Promise<void> => {
      for (; acknowledged < 20; acknowledged++) await send(store, 's', batchAt(acknowledged));
    };
    await expect(sendOn()).rejects.toThrow('writer-hub.db-shm was removed while the store had it open');
    await store.close();
    const again = await openStore({ directory });
    expect((await readAll(again)).length).toBeGreaterThanOrEqual(acknowledged);
  });
});

describe('SqliteStore that checks its tables', () => {
  it('finds a sound one sound, again and again, and lets the log be emptied meanwhile', async () => {
    const lines: string[] = [];
    let enough: () => void = () => undefined;
    const checkedTwice = new Promise<void>((resolve) => (enough = resolve));
    const info = (_details: object, text: string): void => {
      if (lines.push(text) === 2) enough();
    };
    const log = { info, warn: jest.fn(), error: jest.fn() };
    const store = await openStore({ checkInterval: 1, maxLogBytes: 8 * 1024 * 1024, log });
    let [largest, latest, wasEmptied] = [0, 0, false];
    let isDone = false;
    const writeOn = async (): Promise<void> => {
      for (let number = 1; !isDone || !wasEmptied; number++) {
        await send(store, 's', batchOf([{ timestamp: 1n, id: `${number}`, value: 'x'.repeat(10_000) }]));
        wasEmptied ||= store.storage.logBytes < latest;
        latest = store.storage.logBytes;
        largest = Math.max(largest, latest);
      }
    };
    const written = writeOn();
    await checkedTwice;
    isDone = true;
    await written;
    expect(new Set(lines)).toEqual(new Set(['the tables of the database were checked, and are sound']));
    await store.close();
    expect(childrenOf(process.pid)).toEqual([]);
    expect(largest).toBeLessThan(32 * 1024 * 1024);
    expect(store.writable).toBe(true);
  });
});
