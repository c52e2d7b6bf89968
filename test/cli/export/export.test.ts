import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { exitCodeOf } from '../../../src/cli/exit-code';
import { runExport } from '../../../src/cli/export/export-command';
import type { ExportFlags } from '../../../src/cli/export/moved-directories';
import type { OpenMove } from '../../../src/cli/export/export-command';
import type { Store } from '../../../src/store/contract/store';
import { completeConfig } from '../../../src/settings/settings';
import { moveOf, openSqlite } from '../../moving/support/stores';
import { fill } from '../../moving/support/contents';
import { openStore } from '../../store/kafka/support/open-store';
import { batchAt, idsOf, readAll, send } from '../../store/support/batches';
import { run } from '../../support/command';
import { temporaryDirectory } from '../../support/test-hub';

const SECRET = 'a secret of more than thirty-two bytes';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command between two stores that are open. */
async function exportBetween(
  [source, target]: readonly [Store, Store],
  { dataDir = temporaryDirectory(), interrupted = false, ...given }: Partial<ExportFlags> & Given = {},
): Promise<Ended> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const flags: ExportFlags = { to: 'kafka', verify: false, json: false, ...given };
  const open: OpenMove = () => Promise.resolve({ ...moveOf(source, target), close: () => Promise.resolve() });
  const once = (signal: string, listener: () => void): void => {
    if (interrupted && signal === 'SIGINT') listener();
  };
  const config = completeConfig({ dataDir });
  let code = 0;
  try {
    await runExport(config, flags, { env: {}, stdin, stdout, stderr, once }, open);
  } catch (error) {
    code = exitCodeOf(error);
    stderr.write(`${String(error)}\n`);
  }
  return { code, stdout: textOf(stdout), stderr: textOf(stderr) };
}

interface Given {
  readonly dataDir?: string;
  /** Whether Ctrl-C is pressed at once. */
  readonly interrupted?: boolean;
}

function textOf(stream: PassThrough): string {
  return String((stream.read() as Buffer | null) ?? '');
}

async function openBoth(): Promise<readonly [Store, Store]> {
  return [await openSqlite(), (await openStore(undefined, { keepsAll: true })).store];
}

describe('writer-hub export', () => {
  it.each<[string[], string]>([
    [[], "required option '--to <engine>' not specified"],
    [['--to', 'redis'], 'Allowed choices are kafka, sqlite'],
    [['--to', 'sqlite'], '--to sqlite needs --target-dir'],
    [['--to', 'kafka', '--target-dir', 'x'], '--target-dir goes with --to sqlite'],
    [['--to', 'kafka', '--kafka-replication', 'many'], '--kafka-replication'],
  ])('is called wrongly with %j', async (args, expected) => {
    const { code, stderr } = await run(['export', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
  });

  it('wants to know where the cluster is', async () => {
    const directory = temporaryDirectory();
    await (await openSqlite({ directory })).close();
    const { code, stderr } = await run(['export', '--to', 'kafka', '--data-dir', directory]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('WRITER_HUB_KAFKA_BROKERS')]);
  });

  it('refuses a directory without a database, and makes none', async () => {
    const directory = temporaryDirectory();
    const { code, stderr } = await run(['export', '--to', 'kafka', '--data-dir', directory]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is no database in')]);
    expect(existsSync(join(directory, 'writer-hub.db'))).toBe(false);
  });

  it('refuses a data directory that a server runs on', async () => {
    const directory = temporaryDirectory();
    await openSqlite({ directory });
    const { code, stderr } = await run(['export', '--to', 'kafka', '--data-dir', directory]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('in use by another writer-hub process: stop the')]);
  });

  it('copies, compares, says what stays behind, and is done with it the second time', async () => {
    const stores = await openBoth();
    await fill(stores[0]);
    const first = await exportBetween(stores, { json: true });
    expect(first.code).toBe(0);
    expect(first.stderr).toContain('ages for retention begin anew');
    expect(first.stderr).toContain('the same in both: 3 topics, 2 data sources, 5 streams, 19 events, 11 packages');
    const counts = { events: 19, packages: 11, rows: 15, quarantinedRows: 3 };
    expect(JSON.parse(first.stdout)).toMatchObject({ copied: counts, entries: counts, same: true, differences: [] });
    const again = await exportBetween(stores, { json: true });
    expect(JSON.parse(again.stdout)).toMatchObject({ copied: { events: 0, packages: 0, rows: 0 }, same: true });
    expect((await stores[1].catalogue.topic('again'))?.retention).toEqual({ age: 3_600_000, bytes: 1_000_000 });
  });

  it('ends with 1 where there is nothing to copy: another place was meant', async () => {
    const { code, stderr } = await exportBetween(await openBoth());
    expect([code, stderr]).toEqual([1, expect.stringContaining('there is nothing to copy')]);
  });

  it('ends with 1 where the target has other content, and writes nothing', async () => {
    const stores = await openBoth();
    await send(stores[0], 's', batchAt(1));
    await send(stores[1], 's', batchAt(2));
    const { code, stderr } = await exportBetween(stores);
    expect([code, stderr]).toEqual([1, expect.stringContaining('nothing was written')]);
    expect(idsOf(await readAll(stores[1]))).toEqual(['2']);
  });

  it('compares alone with --verify, lists what differs and ends with 1', async () => {
    const stores = await openBoth();
    await send(stores[0], 's', batchAt(1));
    const { code, stdout, stderr } = await exportBetween(stores, { verify: true, json: true });
    expect([code, stderr]).toEqual([1, expect.stringContaining('differs: "t" is missing\n')]);
    expect(JSON.parse(stdout)).toMatchObject({ same: false, differences: ['"t" is missing'] });
    expect(await stores[1].catalogue.topic('t')).toBeUndefined();
  });

  it('ends with 130 after Ctrl-C', async () => {
    const stores = await openBoth();
    await fill(stores[0]);
    expect((await exportBetween(stores, { interrupted: true })).code).toBe(130);
  });

  it('takes the secret along, readable by its owner alone, and leaves one that is there', async () => {
    const [dataDir, viewDir] = [temporaryDirectory(), temporaryDirectory()];
    writeFileSync(join(dataDir, 'secret'), SECRET);
    const stores = await openBoth();
    await send(stores[0], 's', batchAt(1));
    const { stderr } = await exportBetween(stores, { dataDir, viewDir });
    expect(stderr).toContain('tokens go on working there');
    expect(readFileSync(join(viewDir, 'secret'), 'utf8')).toBe(SECRET);
    expect(statSync(join(viewDir, 'secret')).mode & 0o777).toBe(0o600);
    writeFileSync(join(viewDir, 'secret'), `another: ${SECRET}`);
    expect((await exportBetween(stores, { dataDir, viewDir })).stderr).toContain('has a secret of its own');
    expect(readFileSync(join(viewDir, 'secret'), 'utf8')).toBe(`another: ${SECRET}`);
  });
});
