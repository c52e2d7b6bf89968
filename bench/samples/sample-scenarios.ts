import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { HostingOptions, HostingScenario } from '../hosting/hosting-scenarios';
import { packageText } from '../load/batches';
import type { ServerProcess } from '../support/process';
import { withTemporaryDirectory } from '../support/temporary';
import { startWriterHub, TOKEN } from '../support/writer-hub-server';

const TOPIC = 'samples';
const STREAM = 'car-1';
const PARAMETERS = 3;
const TIMESTAMPS = 1000;
/** A package spans a millisecond. */
const PACKAGE_NS = 1_000_000n;
const START = 1_618_133_869_000_000_000n;
const DATABASE = 'writer-hub.db';

/** How often each question is asked. */
const QUESTIONS = 15;

/** What is kept of so many samples, of three parameters, and how long questions about one of them take. */
export const sampleScenarios: readonly HostingScenario[] = [2_000_000, 50_000_000].map((samples) => ({
  name: `${(samples / 1e6).toLocaleString('en-US')} M samples kept`,
  measure: ({ quick }: HostingOptions) => measure(quick ? samples / 100 : samples),
}));

async function measure(samples: number): Promise<string> {
  return withTemporaryDirectory(async (data) => {
    const server = await startWriterHub(data);
    try {
      const packages = Math.ceil(samples / PARAMETERS / TIMESTAMPS);
      const sending = await timed(() => send(server, packages));
      const packing = await timed(() => packed(path.join(data, DATABASE), packages));
      const bytes = bytesKept(data);
      const span = BigInt(packages) * PACKAGE_NS;
      const range = await ask(server, { from: START + span / 2n, to: START + span / 2n + span / 100n, limit: 10_000 });
      const chart = { interval: `${span / 1000n}ns`, origin: START, aggregate: 'min,max' };
      const buckets = await ask(server, chart);
      return [
        `${(samples / 1e6).toFixed(2)} M samples of ${PARAMETERS} parameters: ${(bytes / samples).toFixed(2)} bytes a sample, aim 8`,
        `one parameter over 1 % of the time, a page of 10,000: p50 ${range.p50.toFixed(1)} ms, p99 ${range.p99.toFixed(1)} ms, aim 20`,
        `minimum and maximum in 1,000 buckets over everything: p50 ${buckets.p50.toFixed(1)} ms, p99 ${buckets.p99.toFixed(1)} ms, aim 50`,
        `sent in ${(sending / 1000).toFixed(1)} s, packed ${(packing / 1000).toFixed(1)} s later`,
      ].join('; ');
    } finally {
      await server.stop();
    }
  });
}

/** Posts packages one after another, some at a time. */
async function send(server: ServerProcess, packages: number): Promise<void> {
  const text = packageText(TIMESTAMPS, PARAMETERS);
  const url = `${server.url}/topics/${TOPIC}/streams/${STREAM}/parameters/data`;
  let next = 0;
  const post = async (): Promise<void> => {
    while (next < packages) {
      const epoch = START + BigInt(next++) * PACKAGE_NS;
      const body = text.replace(/"epoch":\d+/, `"epoch":${epoch}`);
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
      const answer = await fetch(url, { method: 'POST', headers, body });
      if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 8 }, post));
}

/** Waits until everything is packed. */
async function packed(file: string, packages: number): Promise<void> {
  const database = new Database(file, { readonly: true });
  try {
    const find = database.prepare('SELECT packed_offset FROM topics WHERE name = ?').pluck();
    while (find.get(TOPIC) !== packages) await delay(100);
  } finally {
    database.close();
  }
}

/** Bytes of the database, without those that are free in it. */
function bytesKept(directory: string): number {
  const database = new Database(path.join(directory, DATABASE), { readonly: true });
  try {
    const pragma = (name: string): number => database.pragma(name, { simple: true }) as number;
    return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  } finally {
    database.close();
  }
}

interface Times {
  readonly p50: number;
  readonly p99: number;
}

/** How long a question about one parameter takes, in milliseconds. */
async function ask(server: ServerProcess, query: Readonly<Record<string, string | number | bigint>>): Promise<Times> {
  const parameters = new URLSearchParams({ parameters: 'parameter-1' });
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  const url = `${server.url}/topics/${TOPIC}/streams/${STREAM}/parameters/data?${parameters.toString()}`;
  const times: number[] = [];
  for (let count = 0; count < QUESTIONS; count++) {
    const time = await timed(async () => {
      const answer = await fetch(url, { headers: { authorization: `Bearer ${TOKEN}` } });
      if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
      await answer.arrayBuffer();
    });
    // The first ones are those of code and pages that were not used yet.
    if (count >= QUESTIONS / 3) times.push(time);
  }
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(times.length / 2)]!, p99: times.at(-1)! };
}

async function timed(act: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await act();
  return performance.now() - started;
}
