// Posts rows for minutes, in small and large batches at once, with and without waiting for the commit, while the data
// source is emptied again and again: the server's memory must stay flat.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { rowsText } from '../../bench/load/batches';
import type { LoadResult, LoadSpec } from '../../bench/load/load-spec';
import { outputOf, type ServerProcess, typescript } from '../../bench/support/process';
import { residentMegabytes } from '../../bench/support/procfs';
import { positive, print, runScript } from '../../bench/support/script';
import { withTemporaryDirectory } from '../../bench/support/temporary';
import { postRows, startWriterHub, TOKEN } from '../../bench/support/writer-hub-server';

const DATA_SOURCE = 'soak';
const SAMPLE_MS = 15_000;
/** How many times the peak memory of the first third of the run the last third may reach. */
const MOST_GROWTH = 1.25;

function load(server: ServerProcess, milliseconds: number, part: Partial<LoadSpec>): Promise<LoadResult> {
  const spec: LoadSpec = {
    entryPoint: 'rows',
    port: server.port,
    pid: server.pid,
    token: TOKEN,
    topic: DATA_SOURCE,
    connections: 16,
    streams: 1,
    inFlight: 1,
    batch: 1,
    shuffled: false,
    warmUpMs: 0,
    windowMs: milliseconds,
    ...part,
  };
  return outputOf({ args: [...typescript('bench/load/main.ts'), JSON.stringify(spec)] }).then(
    (output) => JSON.parse(output) as LoadResult,
  );
}

async function truncate(server: ServerProcess): Promise<void> {
  const answer = await fetch(`${server.url}/v0/datasources/${DATA_SOURCE}/truncate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  if (!answer.ok) throw new Error(`truncate: ${answer.status} ${await answer.text()}`);
}

/** Samples the server's memory, in MB, until the load has ended. */
async function watch(server: ServerProcess, ended: Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  const over = ended.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([delay(SAMPLE_MS, false), over]))) {
    samples.push(residentMegabytes(server.pid));
    await truncate(server);
    print(`${String(samples.length * (SAMPLE_MS / 1000)).padStart(5)} s: ${samples.at(-1)?.toFixed(0) ?? ''} MB`);
  }
  return samples;
}

async function soak(directory: string, minutes: number): Promise<boolean> {
  const server = await startWriterHub(directory);
  await postRows(server.url, DATA_SOURCE, rowsText(1));
  const milliseconds = minutes * 60_000;
  const loads = Promise.all([
    load(server, milliseconds, { connections: 16, wait: false }),
    load(server, milliseconds, { connections: 16, wait: true }),
    load(server, milliseconds, { connections: 2, batch: 1000, wait: true }),
  ]);
  const samples = await watch(server, loads);
  const results = await loads;
  const rows = results.reduce((sum, { events }) => sum + events, 0);
  const refused = results.reduce((sum, result) => sum + result.refused, 0);
  const third = Math.max(1, Math.floor(samples.length / 3));
  const first = Math.max(...samples.slice(0, third));
  const last = Math.max(...samples.slice(-third));
  print(`${rows} rows in ${minutes} minutes, ${refused} requests refused`);
  print(`server memory: ${first.toFixed(0)} MB at its peak in the first third, ${last.toFixed(0)} MB in the last`);
  const clean = await server.stop();
  if (!clean) print(`the server did not end cleanly:\n${server.log()}`);
  return clean && refused === 0 && last <= first * MOST_GROWTH;
}

void runScript(60 * 60_000, async () => {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
  const minutes = positive('minutes', values.minutes);
  const kept = await withTemporaryDirectory((directory) => soak(directory, minutes));
  print(kept ? 'memory stays flat' : 'FAILED');
  return kept;
});
