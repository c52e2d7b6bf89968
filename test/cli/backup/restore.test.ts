import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import fs from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { decode } from 'jsonwebtoken';
import { SCHEMA_VERSION } from '../../../src/store/sqlite/file/schema';
import { Command } from '../../support/command';
import { CommandHere } from '../../support/command-here';
import { temporaryDirectory } from '../../support/test-hub';
import { ask, backedUp, backup, filesIn, read, restore, startHub, store, tokenOf, until } from './support';

const GONE = /"code":"position_gone"/;
const EVENTS = '/topics/cars/streams/s/events/data';

interface Backup {
  readonly format: string;
  readonly schema: number;
  readonly database: { readonly bytes: number; readonly sha256: string };
}

/** Changes the manifest of a backup. */
function change(source: string, edit: (manifest: Backup) => object): void {
  const path = join(source, 'manifest.json');
  writeFileSync(path, JSON.stringify(edit(JSON.parse(readFileSync(path, 'utf8')) as Backup)));
}

/** Gives a backup another database, of which its manifest knows. */
function replaceDatabase(source: string, edit: (bytes: Buffer) => Buffer): void {
  const path = join(source, 'writer-hub.db');
  const bytes = edit(readFileSync(path));
  writeFileSync(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  change(source, (manifest) => ({ ...manifest, database: { bytes: bytes.length, sha256 } }));
}

describe('writer-hub restore', () => {
  it('brings back what was there, its secret with it, and keeps what it replaces', async () => {
    const { dataDir, source } = await backedUp('a', 'b');
    const headers = tokenOf(dataDir);
    const database = readFileSync(join(dataDir, 'writer-hub.db'));
    writeFileSync(join(dataDir, 'secret'), 'another secret of more than thirty-two bytes');
    const { code, stdout, stderr } = await restore(dataDir, source, '--json');
    expect(code).toBe(0);
    const { kept } = JSON.parse(stdout) as { kept: string[] };
    const keptOf = (name: string): Buffer =>
      readFileSync(kept.find((path) => basename(path).startsWith(`${name}.before-restore-`))!);
    expect(keptOf('writer-hub.db').equals(database)).toBe(true);
    expect(keptOf('secret').toString()).toBe('another secret of more than thirty-two bytes');
    expect(stderr).toContain('tokens signed with it are valid');
    const hub = await startHub(dataDir);
    expect((await hub.fetch('/topics', { headers })).status).toBe(200);
    expect((await read(hub, 'cars')).values).toEqual(['a', 'b']);
  });

  it('makes a data directory where there is none', async () => {
    const { source } = await backedUp('a');
    const dataDir = join(temporaryDirectory(), 'new');
    expect(await restore(dataDir, source)).toMatchObject({ code: 0, stdout: '' });
    expect((await read(await startHub(dataDir), 'cars')).values).toEqual(['a']);
  });

  it('brings an earlier schema up to date', async () => {
    const [old, dataDir, folder] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
    copyFileSync(join(__dirname, '../../fixtures/schema-version-3.db'), join(old, 'writer-hub.db'));
    await backup(old, join(folder, 'b'));
    expect(await restore(dataDir, join(folder, 'b'))).toMatchObject({ code: 0 });
    const database = new Database(join(dataDir, 'writer-hub.db'), { readonly: true });
    const [version, past] = [
      database.pragma('user_version', { simple: true }),
      database.prepare('SELECT * FROM past_generations').all(),
    ];
    database.close();
    expect(version).toBe(SCHEMA_VERSION);
    expect(past).toMatchObject([
      { generation: 0, last_offset: 2 },
      { generation: 0, last_offset: 2 },
    ]);
  });

  it('sets every file aside that SQLite keeps beside the database', async () => {
    const { dataDir, source } = await backedUp('a');
    for (const side of ['-wal', '-shm', '-journal'])
      writeFileSync(join(dataDir, `writer-hub.db${side}`), `old ${side}`);
    const { stderr } = await restore(dataDir, source);
    expect(stderr).toContain('note: tokens that were revoked after the backup are valid again');
    const kept = readdirSync(dataDir).filter((name) => name.includes('.before-restore-'));
    expect(kept.map((name) => name.replace(/\.before-restore-[\dTZ-]+Z/, ''))).toEqual([
      'secret',
      'writer-hub.db',
      'writer-hub.db-journal',
      'writer-hub.db-shm',
      'writer-hub.db-wal',
    ]);
    expect((await read(await startHub(dataDir), 'cars')).values).toEqual(['a']);
  });

  it('does not take back that a token was revoked', async () => {
    const { dataDir, source } = await backedUp('a');
    const revoked = tokenOf(dataDir);
    const hub = await startHub(dataDir);
    const { jti } = decode(revoked.authorization.slice('Bearer '.length), { json: true }) ?? {};
    expect((await ask(hub, '/tokens/revoke', { tokenId: jti })).status).toBe(200);
    await hub.close();
    await restore(dataDir, source);
    const again = await startHub(dataDir);
    expect((await again.fetch('/topics', { headers: revoked })).status).toBe(401);
  });
});

describe('a position after a restore', () => {
  it('is gone when it is of what came after the backup, also when more than that was written since', async () => {
    const { dataDir, source } = await backedUp('a', 'b');
    const first = await startHub(dataDir);
    await store(first, 'cars', 'lost', 'lost');
    await store(first, 'late', 'lost');
    const positions = [await read(first, 'cars'), await read(first, 'late')].map(({ last }) => last);
    expect(positions).toEqual(['4', '1']);
    await first.close();
    await restore(dataDir, source);

    const hub = await startHub(dataDir);
    expect(await ask(hub, `${EVENTS}?after=4`)).toEqual({ status: 410, text: expect.stringMatching(GONE) as string });
    await store(hub, 'cars', 'c', 'd', 'e');
    await store(hub, 'late', 'x', 'y');
    for (const after of ['3', '4', '5', '99']) {
      expect(await ask(hub, `${EVENTS}?after=${after}`)).toEqual({
        status: 410,
        text: expect.stringMatching(/"earliest":"g\d+-2"/) as string,
      });
      expect((await ask(hub, `/topics/cars/events?from=${after}`)).text).toMatch(GONE);
    }
    expect((await ask(hub, '/topics/late/streams/s/events/data?after=1')).text).toMatch(GONE);
  });

  it('goes on without a gap when it is of what is in the backup, also after another restore', async () => {
    const { dataDir, source, folder } = await backedUp('a', 'b');
    await restore(dataDir, source);
    const second = await startHub(dataDir);
    await store(second, 'cars', 'c', 'd');
    const { last } = await read(second, 'cars');
    await second.close();
    await backup(dataDir, join(folder, 'second'));
    await restore(dataDir, join(folder, 'second'));

    const hub = await startHub(dataDir);
    await store(hub, 'cars', 'e');
    const after = async (position: string): Promise<string[]> => {
      const { text } = await ask(hub, `${EVENTS}?after=${position}`);
      const { events = [] } = JSON.parse(text) as { events?: { value: string }[] };
      return events.map(({ value }) => value);
    };
    expect(await after('1')).toEqual(['b', 'c', 'd', 'e']);
    expect(await after('2')).toEqual(['c', 'd', 'e']);
    expect(await after(last)).toEqual(['e']);
    // The third event was written after the first restore.
    expect((await ask(hub, `${EVENTS}?after=3`)).text).toMatch(GONE);
    expect((await ask(hub, `${EVENTS}?order=desc&after=2`)).text).toContain('"value":"a"');
  });

  it('of rows and of quarantined rows is treated likewise', async () => {
    const [dataDir, folder] = [temporaryDirectory(), temporaryDirectory()];
    const first = await startHub(dataDir);
    await ask(first, '/v0/events?name=shop&wait=true', '{"item":"a"}\nnone\n');
    await backup(dataDir, join(folder, 'b'));
    await ask(first, '/v0/events?name=shop&wait=true', '{"item":"lost"}\nlost\n');
    await first.close();
    await restore(dataDir, join(folder, 'b'));
    const hub = await startHub(dataDir);
    await ask(hub, '/v0/events?name=shop&wait=true', '{"item":"new"}\n{"item":"newer"}\nnew\nnewer\n');
    for (const [part, sign] of [
      ['rows', ''],
      ['quarantine', 'q'],
    ] as const) {
      const path = `/v0/datasources/shop/${part}?after=${sign}`;
      expect((await ask(hub, `${path}1`)).text).toMatch(/new.*newer/);
      expect((await ask(hub, `${path}2`)).status).toBe(410);
    }
  });
});

describe('writer-hub restore refuses, before anything is touched,', () => {
  it.each<[string, (source: string) => void, RegExp]>([
    [
      'what is no backup',
      (source) => {
        rmSync(join(source, 'manifest.json'));
      },
      /is not a backup, or is not whole/,
    ],
    [
      'a manifest of something else',
      (source) => {
        change(source, () => ({ format: 'zip' }));
      },
      /is not one of writer-hub/,
    ],
    [
      'a manifest that is cut',
      (source) => {
        truncateSync(join(source, 'manifest.json'), 100);
      },
      /is not JSON/,
    ],
    [
      'a manifest with parts missing',
      (source) => {
        change(source, ({ database: _, ...rest }) => rest);
      },
      /is damaged: database: expected object, received undefined$/m,
    ],
    [
      'a newer format',
      (source) => {
        change(source, (manifest) => ({ ...manifest, formatVersion: 2 }));
      },
      /newer version/,
    ],
    [
      'a newer schema',
      (source) => {
        change(source, (manifest) => ({ ...manifest, schema: 1000 }));
      },
      /newer version/,
    ],
    [
      'a missing database',
      (source) => {
        rmSync(join(source, 'writer-hub.db'));
      },
      /writer-hub.db is missing/,
    ],
    [
      'a cut database',
      (source) => {
        truncateSync(join(source, 'writer-hub.db'), 8192);
      },
      /has 8192 bytes, not \d+/,
    ],
    [
      'a database with a changed byte',
      (source) => {
        const path = join(source, 'writer-hub.db');
        writeFileSync(path, readFileSync(path).fill(7, 5000, 5001));
      },
      /is not the one of its manifest/,
    ],
    [
      'a database with less in it',
      (source) => {
        const path = join(source, 'writer-hub.db');
        const database = new Database(path);
        database.exec('DELETE FROM events_1 WHERE offset = 1');
        database.close();
        replaceDatabase(source, (bytes) => bytes);
      },
      /does not hold what its manifest says/,
    ],
    [
      'a database that is damaged',
      (source) => {
        replaceDatabase(source, (bytes) => bytes.fill(7, 8192, 12_000));
      },
      /backup\/writer-hub\.db, the database of the backup, cannot be restored: .*damaged/,
    ],
    [
      'a database that is none',
      (source) => {
        replaceDatabase(source, () => Buffer.alloc(8192, 7));
      },
      /backup\/writer-hub\.db, the database of the backup, cannot be restored: .*not an SQLite database/,
    ],
    [
      'a database of a newer version, whatever its manifest says',
      (source) => {
        const database = new Database(join(source, 'writer-hub.db'));
        database.pragma('user_version = 1000');
        database.close();
        replaceDatabase(source, (bytes) => bytes);
      },
      /backup\/writer-hub\.db, the database of the backup, cannot be restored: .*written by a newer version/,
    ],
    [
      'a database that cannot be brought up to date',
      (source) => {
        const database = new Database(join(source, 'writer-hub.db'));
        database.pragma('user_version = 3');
        database.close();
        replaceDatabase(source, (bytes) => bytes);
        change(source, (manifest) => ({ ...manifest, schema: 3 }));
      },
      /backup\/writer-hub\.db, the database of the backup, cannot be restored: .*up to date/,
    ],
    [
      'another secret',
      (source) => {
        writeFileSync(join(source, 'secret'), 'x'.repeat(43));
      },
      /secret is not the one/,
    ],
    [
      'a missing secret',
      (source) => {
        rmSync(join(source, 'secret'));
      },
      /the backup \S+\/backup is damaged: secret is missing/,
    ],
  ])('%s', async (_, spoil, message) => {
    const { dataDir, source } = await backedUp('a', 'b');
    spoil(source);
    // Empty ones, which the backup has left: those that a restore leaves are seen.
    for (const side of ['-wal', '-shm']) rmSync(join(dataDir, `writer-hub.db${side}`), { force: true });
    const before = filesIn(dataDir);
    const { code, stdout, stderr } = await restore(dataDir, source);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(filesIn(dataDir)).toEqual(before);

    const parent = temporaryDirectory();
    expect(await restore(join(parent, 'new', 'data'), source)).toMatchObject({ code: 1, stderr });
    expect(readdirSync(parent)).toEqual([]);
  });

  it.each(['', '/data'])('a data directory that is a file%s', async (below) => {
    const { source } = await backedUp('a');
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const { code, stderr } = await restore(file + below, source);
    expect([code, stderr]).toEqual([2, `writer-hub: --data-dir: ${file} is a file, not a directory\n`]);
  });

  it('a directory that a server runs on, but not one whose server was killed', async () => {
    const { dataDir, source } = await backedUp('a');
    const server = new Command(['serve', '--port', '0', '--data-dir', dataDir]);
    await server.printed(/listens on/);
    const { code, stderr } = await restore(dataDir, source);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/is in use by another writer-hub process: stop the server/),
    ]);
    server.kill('SIGKILL');
    await server.outcome();
    expect(await restore(dataDir, source)).toMatchObject({ code: 0 });
    expect((await read(await startHub(dataDir), 'cars')).values).toEqual(['a']);
  });

  it('a folder of backups, and names the newest; and a path where nothing is', async () => {
    const { dataDir, folder } = await backedUp('a');
    const { stdout } = await backup(dataDir, join(folder, 'kept'), '--keep', '2');
    const { code, stderr } = await restore(dataDir, join(folder, 'kept'));
    expect([code, stderr]).toEqual([1, expect.stringContaining(`such as the newest, ${stdout.trim()}`)]);
    expect(await restore(dataDir, join(folder, 'none'))).toMatchObject({ code: 1, stdout: '' });
  });

  it('being interrupted: everything is as it was', async () => {
    const { dataDir, source } = await backedUp('a');
    const before = filesIn(dataDir);
    const command = new CommandHere(['restore', source, '--data-dir', dataDir]);
    command.interrupt();
    expect(await command.outcome()).toMatchObject({ code: 130 });
    expect(filesIn(dataDir)).toEqual(before);
  });
});

describe('a restore that was killed', () => {
  // Database, log, secret aside; secret, database new: renaming the plan comes before them.
  it.each([1, 2, 3, 4, 5, 6])('while it renames file %i is undone and done by the next one', async (step) => {
    const { dataDir, source } = await backedUp('a');
    const hub = await startHub(dataDir);
    await store(hub, 'cars', 'b');
    await hub.close();
    writeFileSync(join(dataDir, 'writer-hub.db-wal'), '');
    const before = filesIn(dataDir);
    const rename = fs.renameSync.bind(fs);
    let renamed = 0;
    const spied = jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
      renamed += 1;
      if (renamed >= step) throw new Error('killed');
      rename(from, to);
    });
    expect(await restore(dataDir, source)).toMatchObject({ code: 1 });
    spied.mockRestore();

    const isBegun = existsSync(join(dataDir, 'restore-in-progress.json'));
    // Where nothing was renamed, there is nothing to undo.
    expect(isBegun).toBe(step > 2);
    if (isBegun) await expect(startHub(dataDir)).rejects.toThrow('was interrupted: run "writer-hub restore" again');
    const { code, stderr } = await restore(dataDir, source);
    expect(code).toBe(0);
    if (isBegun) expect(stderr).toContain('a restore that was interrupted has been undone');
    const kept = Object.entries(filesIn(dataDir)).filter(([name]) => name.includes('.before-restore-'));
    expect(kept.map(([, hash]) => hash).sort()).toEqual(
      expect.arrayContaining([before['writer-hub.db'], before['secret']]),
    );
    expect((await read(await startHub(dataDir), 'cars')).values).toEqual(['a']);
  });

  it('at any moment, by kill -9, can be run again', async () => {
    const { dataDir, source } = await backedUp('a');
    const command = new Command(['restore', source, '--data-dir', dataDir]);
    await until(
      () => existsSync(join(dataDir, 'restore.partial')) || existsSync(join(dataDir, 'restore-in-progress.json')),
    );
    command.kill('SIGKILL');
    await command.outcome();
    expect(await restore(dataDir, source)).toMatchObject({ code: 0 });
    expect(existsSync(join(dataDir, 'restore.partial'))).toBe(false);
    expect((await read(await startHub(dataDir), 'cars')).values).toEqual(['a']);
  });
});
