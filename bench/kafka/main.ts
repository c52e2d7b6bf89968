// `npm run bench:kafka`: what a store on Kafka takes in, beside what Kafka's own load generator puts into the same
// cluster in records of the same size; and what an event costs one, two and three hubs.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { DevCluster } from '../../src/kafka-dev/dev-cluster';
import { fetchJars, jarDirectory } from '../../src/kafka-dev/kafka-jars';
import { load } from '../run';
import type { Scenario } from '../scenarios';
import { startKafkaHub } from '../support/kafka-hub';
import type { ServerProcess } from '../support/process';
import { print, runScript } from '../support/script';
import { withTemporaryDirectory } from '../support/temporary';
import { ProducerPerformance } from './producer-performance';

const TIMES = { warmUpMs: 3000, windowMs: 8000 };
const MOST_HUBS = 3;

/** Of Kafka's own: about so many megabytes. */
const SENT_BYTES = 300_000_000;
const MOST_RECORDS = 500_000;

/** A view of so many events is made anew. */
const REBUILT_EVENTS = 10_000_000;

interface Intake {
  readonly eventsPerSecond: number;
  readonly megabytesPerSecond: number;
  readonly p99: number;
  /** Microseconds of all hubs together. */
  readonly cpuPerEvent: number;
  readonly batchBytes: number;
}

/** Appends that a connection has under way: Kafka's own load generator keeps up to 32 MB of records unacknowledged. */
const IN_FLIGHT: ReadonlyMap<number, number> = new Map([
  [1, 64],
  [100, 32],
  [1000, 8],
]);

/** `hubs`: how many share what is under way. */
function scenarioOf(batch: number, hubs = 1): Scenario {
  const inFlight = Math.ceil((IN_FLIGHT.get(batch) ?? 1) / hubs);
  const name = `${batch}-event invocations`;
  return { entryPoint: 'hub', connections: 16, streams: 16, shuffled: false, inFlight, batch, name };
}

/** Loads some hubs at once, each by a load generator of its own, which writes to a topic. */
async function loadHubs(
  hubs: readonly ServerProcess[],
  batch: number,
  topicOf: (hub: number) => string = () => 'bench',
): Promise<Intake> {
  const results = await Promise.all(
    hubs.map((hub, index) => {
      const options = { ...TIMES, directory: tmpdir(), topic: topicOf(index) };
      return load(scenarioOf(batch, hubs.length), hub, options);
    }),
  );
  const refusal = results.find(({ refused }) => refused > 0)?.refusal;
  if (refusal !== undefined) throw new Error(refusal);
  const rates = results.map(({ events, seconds }) => events / seconds);
  const eventsPerSecond = rates.reduce((sum, rate) => sum + rate, 0);
  const events = results.reduce((sum, result) => sum + result.events, 0);
  const cpu = results.reduce((sum, result) => sum + result.serverCpu, 0);
  const { batchBytes } = results[0]!;
  return {
    eventsPerSecond,
    megabytesPerSecond: ((eventsPerSecond / batch) * batchBytes) / 1e6,
    p99: Math.max(...results.map(({ p99 }) => p99)),
    cpuPerEvent: cpu / events,
    batchBytes,
  };
}

/** Hubs with a view of one topic each: all that is written to it comes in at that hub, or at another one. */
async function measureDivided(place: Place, count: number): Promise<void> {
  for (const [where, apart] of count === 1 ? ([['', 0]] as const) : DIVIDED) {
    const measured = async (hubs: readonly ServerProcess[]): Promise<Intake> => {
      await Promise.all(hubs.map((hub) => reachesOthers(hub, count - 1)));
      return loadHubs(hubs, 100, (hub) => topicOf((hub + apart) % count));
    };
    const { eventsPerSecond, cpuPerEvent, p99 } = await withHubs(place, count, measured, dividedOptions);
    const rate = Math.round(eventsPerSecond).toLocaleString('en-US');
    print(
      `${count} hubs with a view of one topic each${where}: ${rate} events/s together, p99 ${p99.toFixed(1)} ms, ` +
        `${cpuPerEvent.toFixed(2)} µs of processor time an event`,
    );
  }
}

const DIVIDED = [
  [', written through that hub', 0],
  [', written through another hub', 1],
] as const;

/** Resolves when a hub can ask so many others. */
async function reachesOthers(hub: ServerProcess, count: number): Promise<void> {
  const pattern = new RegExp(`^writer_hub_view_hubs ${count}$`, 'm');
  while (!pattern.test(await (await fetch(`${hub.url}/metrics`)).text())) await delay(50);
}

interface Place {
  readonly brokers: string;
  readonly directory: string;
}

/** Starts a hub of a store; each has a directory of its own. */
function startHub({ brokers, directory }: Place, prefix: string, hub: number, more = {}): Promise<ServerProcess> {
  return startKafkaHub(brokers, path.join(directory, `${prefix}${hub}`), { WRITER_HUB_KAFKA_PREFIX: prefix, ...more });
}

const topicOf = (hub: number): string => `bench-${hub}`;

/** Of hubs with a view of one topic each. */
function dividedOptions(hub: number): Readonly<Record<string, string>> {
  return {
    WRITER_HUB_VIEW: topicOf(hub),
    WRITER_HUB_FORWARDING_HOST: '127.0.0.1',
    WRITER_HUB_FORWARDING_KEYS: 'what all hubs of the benchmark have in common',
  };
}

/** Starts so many hubs of a store of their own. */
async function withHubs<Result>(
  place: Place,
  count: number,
  act: (hubs: readonly ServerProcess[], prefix: string) => Promise<Result>,
  optionsOf: (hub: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<Result> {
  const prefix = `bench-${randomBytes(6).toString('hex')}-`;
  const hubs: ServerProcess[] = [];
  try {
    for (let hub = 0; hub < count; hub++) hubs.push(await startHub(place, prefix, hub, optionsOf(hub)));
    return await act(hubs, prefix);
  } finally {
    await Promise.all(hubs.map((hub) => hub.stop()));
  }
}

/** How fast another hub makes a view of so many events, and how soon it is there again when it is started again. */
async function rebuild(place: Place, least: number): Promise<void> {
  await withHubs(place, 1, async ([hub], prefix) => {
    let events = 0;
    while (events < least) events += await stored(hub!);
    for (const what of ['made anew', 'started again']) {
      const started = performance.now();
      const view = await startHub(place, prefix, 1);
      const seconds = (performance.now() - started) / 1000;
      const rate = Math.round(events / seconds).toLocaleString('en-US');
      print(
        `a view of ${events.toLocaleString('en-US')} events ${what}: ready after ${seconds.toFixed(1)} s, ${rate} events/s`,
      );
      await view.stop();
    }
  });
}

/** Has a hub take in more events; gives how many. */
async function stored(hub: ServerProcess): Promise<number> {
  const result = await load(scenarioOf(1000), hub, { warmUpMs: 0, windowMs: 20_000, directory: tmpdir() });
  return Object.values(result.acknowledged).reduce((sum, count) => sum + count, 0);
}

async function measure(directory: string): Promise<boolean> {
  const jars = jarDirectory(process.env);
  await fetchJars(jars, print);
  const producer = await ProducerPerformance.fetch(`${jars}-tools`);
  const files = path.join(directory, 'kafka');
  const cluster = await DevCluster.start({ jars, directory: files, brokers: 3, port: 0 });
  const brokers = cluster.addresses;
  const place = { brokers, directory };
  try {
    print('| events an append | bytes | Kafka itself, MB/s | p99, ms | one hub, MB/s | of it | events/s | p99, ms |');
    print('| --- | --- | --- | --- | --- | --- | --- | --- |');
    for (const batch of [1, 100, 1000]) {
      const hub = await withHubs(place, 1, (hubs) => loadHubs(hubs, batch));
      const records = Math.min(MOST_RECORDS, Math.ceil(SENT_BYTES / hub.batchBytes));
      const own = await producer.send(brokers, `own-${batch}`, records, hub.batchBytes);
      const of = (hub.megabytesPerSecond / own.megabytesPerSecond).toFixed(2);
      const [mine, theirs] = [hub.megabytesPerSecond.toFixed(1), own.megabytesPerSecond.toFixed(1)];
      const rate = Math.round(hub.eventsPerSecond).toLocaleString('en-US');
      print(
        `| ${batch} | ${hub.batchBytes} | ${theirs} | ${own.p99} | ${mine} | ${of} | ${rate} | ${hub.p99.toFixed(1)} |`,
      );
    }
    for (let count = 1; count <= MOST_HUBS; count++) {
      const { eventsPerSecond, cpuPerEvent } = await withHubs(place, count, (hubs) => loadHubs(hubs, 100));
      const rate = Math.round(eventsPerSecond).toLocaleString('en-US');
      print(`${count} hubs: ${rate} events/s together, ${cpuPerEvent.toFixed(2)} µs of processor time an event`);
    }
    for (let count = 1; count <= MOST_HUBS; count++) await measureDivided(place, count);
    await rebuild(place, REBUILT_EVENTS);
    return true;
  } finally {
    await cluster.stop();
  }
}

void runScript(30 * 60_000, () => withTemporaryDirectory((directory) => measure(directory)));
