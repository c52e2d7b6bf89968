import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Command, run } from '../../support/command';
import { CommandHere } from '../../support/command-here';
import { temporaryDirectory, TestHub } from '../../support/test-hub';
import { ask, backedUp, backup, startHub, store, until } from './support';

interface Manifest {
  readonly createdAt: string;
  readonly secret: { readonly fingerprint: string } | null;
  readonly topics: readonly Record<string, unknown>[];
}

const manifestOf = (directory: string): Manifest =>
  JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8')) as Manifest;

/** Backups that did not come to their end. */
const partsIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.partial'));

describe('writer-hub backup', () => {
  it('copies database and secret of a server that runs, for its owner alone, and says what is in it', async () => {
    const [dataDir, folder] = [temporaryDirectory(), temporaryDirectory()];
    const hub = await startHub(dataDir);
    await store(hub, 'cars', 'a', 'b', 'c');
    await ask(hub, '/v0/events?name=shop&wait=true', '{"item":"a"}\nnone\n');
    await ask(hub, '/topics/cars/streams/s/parameters/data', { timestamps: [1], numericValues: { Speed: [1] } });
    const target = join(folder, 'backup');
    const { code, stdout, stderr } = await backup(dataDir, target);
    expect([code, stdout]).toEqual([0, `${target}\n`]);
    const nothing = { events: 0, packages: 0, rows: 0, quarantinedRows: 0, streams: 0 };
    const manifest = manifestOf(target);
    expect(manifest.topics).toEqual([
      { ...nothing, name: 'cars', kind: 'events', streams: 1, events: 3, packages: 1 },
      { ...nothing, name: 'shop', kind: 'rows', rows: 1, quarantinedRows: 1 },
    ]);
    expect(stderr).toContain('3 events, 1 packages of parameter data, 1 rows, 1 quarantined rows');
    expect(stderr).toContain(
      `secret that tokens are signed with is in it (fingerprint ${manifest.secret?.fingerprint ?? ''})`,
    );
    expect(statSync(target).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(target)) expect(statSync(join(target, name)).mode & 0o777).toBe(0o600);
    const secret = readFileSync(join(dataDir, 'secret'), 'utf8');
    expect(readFileSync(join(target, 'secret'), 'utf8')).toBe(secret);
    expect(readFileSync(join(target, 'manifest.json'), 'utf8') + stderr).not.toContain(secret.trim());
  });

  it('holds all that was acknowledged before it began, and no gap, while others write', async () => {
    const [dataDir, folder] = [temporaryDirectory(), temporaryDirectory()];
    const hub = await startHub(dataDir);
    await store(hub, 'cars', ...Array.from({ length: 2000 }, () => 'x'.repeat(1000)));
    let isOver = false;
    let acknowledged = 2000;
    const write = async (): Promise<void> => {
      while (!isOver) {
        await store(hub, 'cars', 'y');
        acknowledged += 1;
      }
    };
    const writers = [write(), write(), write()];
    await until(() => acknowledged >= 2020);
    const before = acknowledged;
    const target = join(folder, 'backup');
    const { code } = await backup(dataDir, target);
    isOver = true;
    await Promise.all(writers);
    expect(code).toBe(0);
    const database = new Database(join(target, 'writer-hub.db'), { readonly: true });
    const [counted] = database.prepare('SELECT count(*) AS count, max(offset) AS last FROM events_1').all();
    database.close();
    const { count, last } = counted as { count: number; last: number };
    expect(count).toBe(last);
    expect(count).toBeGreaterThanOrEqual(before);
    expect(count).toBeLessThanOrEqual(acknowledged);
    expect(manifestOf(target).topics).toMatchObject([{ events: count }]);
  });

  it('prints what is in it with --json, and says that a secret of the environment is not', async () => {
    const [dataDir, folder] = [temporaryDirectory(), temporaryDirectory()];
    const hub = await TestHub.start({ dataDir });
    await hub.close();
    const target = join(folder, 'backup');
    const { stdout, stderr } = await backup(dataDir, target, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ path: target, secret: null, topics: [], removed: [] });
    expect(stderr).toContain('WRITER_HUB_JWT_SECRET, which is not part of the backup');
  });

  it('keeps the newest of a folder with --keep, and removes what was interrupted there; nothing else', async () => {
    const { dataDir } = await backedUp('a');
    const folder = join(temporaryDirectory(), 'made', 'backups');
    const made: string[] = [];
    for (let count = 1; count <= 3; count++) made.push((await backup(dataDir, folder, '--keep', '2')).stdout.trim());
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual(made.slice(1));
    // A process with this number does not run: it is greater than any is.
    for (const name of [`${made[0] ?? ''}.4194305.partial`, `${made[0] ?? ''}.removed`]) mkdirSync(name);
    mkdirSync(join(folder, 'writer-hub-2020-01-01T00-00-00-000Z'));
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    const { stderr } = await backup(dataDir, folder, '--keep', '1');
    expect(stderr).toContain(`removed ${made[1] ?? ''}\nremoved ${made[2] ?? ''}\n`);
    expect(readdirSync(folder)).toEqual(['notes.txt', 'writer-hub-2020-01-01T00-00-00-000Z', expect.any(String)]);
  });

  it('can be made of a database of an earlier schema', async () => {
    const [dataDir, folder] = [temporaryDirectory(), temporaryDirectory()];
    const old = readFileSync(join(__dirname, '../../fixtures/schema-version-3.db'));
    writeFileSync(join(dataDir, 'writer-hub.db'), old);
    const target = join(folder, 'backup');
    expect(await backup(dataDir, target)).toMatchObject({ code: 0 });
    expect(manifestOf(target)).toMatchObject({ schema: 3, topics: [{ name: 'cars', events: 2 }, { rows: 2 }] });
  });

  it.each<[string, (given: { dataDir: string; source: string; folder: string }) => [string, string], RegExp]>([
    ['a target that exists', ({ dataDir, source }) => [dataDir, source], /backup exists already/],
    [
      'a folder that does not',
      ({ dataDir, folder }) => [dataDir, join(folder, 'no', 'b')],
      /there is no directory .*no/,
    ],
    ['a directory without a database', ({ folder }) => [folder, join(folder, 'b')], /there is no database in/],
  ])('refuses %s, and leaves nothing behind', async (_, argsOf, message) => {
    const given = await backedUp('a');
    const { code, stdout, stderr } = await backup(...argsOf(given));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(readdirSync(given.folder)).toEqual(['backup']);
  });

  it('refuses a database that is damaged', async () => {
    const { dataDir, folder } = await backedUp(...Array.from({ length: 500 }, () => 'x'.repeat(1000)));
    const path = join(dataDir, 'writer-hub.db');
    writeFileSync(path, readFileSync(path).fill(7, 200_000, 300_000));
    const { code, stderr } = await backup(dataDir, join(folder, 'other'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^writer-hub: .*damaged/)]);
    expect(readdirSync(folder)).toEqual(['backup']);
  });

  it('ends with 130 when it is interrupted, and leaves nothing behind', async () => {
    const { dataDir, folder } = await backedUp('a');
    const command = new CommandHere(['backup', join(folder, 'other'), '--data-dir', dataDir]);
    command.interrupt();
    expect(await command.outcome()).toMatchObject({ code: 130, stdout: '', stderr: 'writer-hub: interrupted\n' });
    expect(readdirSync(folder)).toEqual(['backup']);
  });

  it('ends with 143 on SIGTERM, as a process', async () => {
    const { dataDir, folder } = await backedUp('a');
    const command = new Command(['backup', join(folder, 'other'), '--data-dir', dataDir]);
    await until(() => partsIn(folder).length > 0);
    command.kill('SIGTERM');
    const { code } = await command.outcome();
    // It may have been done already.
    expect([0, 143]).toContain(code);
    expect(readdirSync(folder)).toEqual(code === 0 ? ['backup', 'other'] : ['backup']);
  });

  it('is whole or not there after kill -9, and the next one removes what is left', async () => {
    const { dataDir, folder } = await backedUp('a', 'b');
    const target = join(folder, 'other');
    const command = new Command(['backup', target, '--data-dir', dataDir]);
    await until(() => partsIn(folder).length > 0);
    command.kill('SIGKILL');
    await command.outcome();
    const isDone = readdirSync(folder).includes('other');
    if (isDone) expect(manifestOf(target).topics).toMatchObject([{ events: 2 }]);
    else expect(await run(['backup', target, '--data-dir', dataDir])).toMatchObject({ code: 0 });
    expect(partsIn(folder)).toEqual([]);
  });
});
