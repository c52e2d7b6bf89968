import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store';
import { batchAt, idsOf, readAll, send } from '../store/support/batches';
import { Command, type Outcome } from '../support/command';
import { temporaryDirectory } from '../support/temporary-directory';
import { describeKafka, freshPrefix } from './support/open-kafka-store';
import { BROKERS } from './support/suite-cluster';

const STREAMS = ['a', 'b', 'c'];
const EVENTS = 30_000;

function openSqlite(directory: string): Promise<SqliteStore> {
  const limits = { maxTopics: 10, maxStreamsPerTopic: 10, maxQueueBytes: 64 * 1024 * 1024 };
  return SqliteStore.open({ directory, busyTimeout: 1000, ...limits });
}

/** Resolves when a file has grown to so many bytes, or the command has ended before. */
async function hasGrown(file: string, bytes: number, command: Command): Promise<void> {
  const over = new AbortController();
  void command.outcome().then(() => {
    over.abort();
  });
  while (!over.signal.aborted && (statSync(file, { throwIfNoEntry: false })?.size ?? 0) < bytes) await turn();
}

describeKafka('writer-hub export', () => {
  it('is killed again and again, and brings each event over once, in order, and back', async () => {
    const [dataDir, targetDir] = [temporaryDirectory(), temporaryDirectory()];
    const numbers = Array.from({ length: EVENTS }, (_, n) => n);
    const source = await openSqlite(dataDir);
    for (const streamId of STREAMS) await send(source, streamId, batchAt(...numbers));
    await source.close();
    const settings = {
      WRITER_HUB_KAFKA_BROKERS: process.env[BROKERS]!,
      WRITER_HUB_KAFKA_PREFIX: freshPrefix(),
      WRITER_HUB_DATA_DIR: dataDir,
    };
    const run = (...args: string[]): Command => new Command(['export', ...args], settings, { cwd: __dirname });

    for (const bytes of [300_000, 1_200_000]) {
      const command = run('--to', 'kafka');
      await hasGrown(join(dataDir, 'kafka-view', 'writer-hub.db-wal'), bytes, command);
      command.kill('SIGKILL');
      await command.outcome();
    }
    expect(await run('--to', 'kafka').outcome()).toMatchObject<Partial<Outcome>>({ code: 0 });
    const back = await run('--to', 'sqlite', '--target-dir', targetDir).outcome();
    expect([back.code, back.stderr]).toEqual([
      0,
      expect.stringContaining(`3 streams, ${(3 * EVENTS).toLocaleString('en')} events`),
    ]);
    const target = await openSqlite(targetDir);
    for (const streamId of STREAMS) expect(idsOf(await readAll(target, { streamId }))).toEqual(numbers.map(String));
    await target.close();
    // Four commands one after another, each with a cluster to reach.
  }, 300_000);
});
