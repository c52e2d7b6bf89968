// Kills, freezes and cuts off brokers and hubs of a store on Kafka, round after round, while events with and without
// keys, rows, parameters and properties are written through three hubs and read live at all of them. What was
// acknowledged must be there once, in order, on every hub. `--views all,all,none` has the last hub ask the others.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import path from 'node:path';
import { positive, print, runScript } from '../../bench/support/script';
import { withTemporaryDirectory } from '../../bench/support/temporary';
import { DevCluster } from '../../src/kafka-dev/dev-cluster';
import { fetchJars, jarDirectory } from '../../src/kafka-dev/kafka-jars';
import { CuttableNetwork } from './kafka/cuttable-network';
import { Hubs } from './kafka/hubs';
import { KINDS, Load } from './kafka/loads';
import { SmallDisk } from './kafka/small-disk';
import { TopicReader } from './kafka/topic-reader';
import { judge } from './kafka/verdict';

const BROKERS = 3;
const HUBS = 3;

/** A leader that is not heard for three seconds is replaced: a round need not last for a minute. */
const SETTINGS = { 'broker.session.timeout.ms': 3000, 'broker.heartbeat.interval.ms': 500 };

interface Surroundings {
  readonly cluster: DevCluster;
  readonly hubs: Hubs;
  /** What the last hub reaches the brokers through. */
  readonly network: CuttableNetwork;
  /** Where the last broker keeps its data; or why it has none of its own. */
  readonly disk: SmallDisk | string;
  readonly directory: string;
  /** The number of the round, from 0 on. */
  readonly round: number;
}

/** What happens in a round; over when whatever was ended runs again. */
const FAULTS: readonly (readonly [name: string, strike: (of: Surroundings) => Promise<void>])[] = [
  ['a broker killed', ({ cluster, round }) => killBrokers(cluster, [round])],
  ['a hub killed', ({ hubs, round }) => killHub(hubs, round % HUBS)],
  ['a broker frozen for 12 s', ({ cluster, round }) => freezeBroker(cluster, round)],
  ['a hub frozen for 12 s', ({ hubs, round }) => freezeHub(hubs, round % HUBS)],
  ['the network of a hub cut for 12 s', ({ network }) => cutNetwork(network)],
  ['the active controller killed', ({ cluster, directory }) => killController(cluster, directory)],
  ['a disk of a broker full', ({ cluster, disk }) => fillDisk(cluster, disk)],
  ['two brokers killed', ({ cluster, round }) => killBrokers(cluster, [round, round + 1])],
  ['a hub killed, its view thrown away', ({ hubs, round }) => killHub(hubs, round % HUBS, true)],
  ['all hubs restarted, one after another', ({ hubs }) => restartHubs(hubs)],
  [
    'a broker and a hub killed',
    async ({ cluster, hubs, round }) => {
      await Promise.all([killBrokers(cluster, [round]), killHub(hubs, (round + 1) % HUBS)]);
    },
  ],
];

/** How a broker says in its log that it is the active controller from now on, with the epoch. */
const CONTROLLER = /Becoming the active controller at epoch (\d+)/g;

/** How long killed brokers are away, milliseconds: others have taken over by then. */
const AWAY = 5000;
const FROZEN = 12_000;

async function killBrokers(cluster: DevCluster, brokers: readonly number[]): Promise<void> {
  const ids = brokers.map((broker) => (broker % BROKERS) + 1);
  await Promise.all(ids.map((id) => cluster.signalBroker(id, 'SIGKILL')));
  await delay(AWAY);
  await Promise.all(ids.map((id) => cluster.startBroker(id)));
}

async function freezeBroker(cluster: DevCluster, broker: number): Promise<void> {
  const id = (broker % BROKERS) + 1;
  await cluster.signalBroker(id, 'SIGSTOP');
  await delay(FROZEN);
  await cluster.signalBroker(id, 'SIGCONT');
}

async function cutNetwork(network: CuttableNetwork): Promise<void> {
  network.cut();
  await delay(FROZEN);
  network.mend();
}

/** The one that its log says it last of has begun the latest epoch. */
async function killController(cluster: DevCluster, directory: string): Promise<void> {
  let [controller, latest] = [0, -1];
  for (let broker = 0; broker < BROKERS; broker++) {
    const log = readFileSync(path.join(brokerDirectory(directory, broker + 1), 'server.log'), 'utf8');
    const epoch = Number([...log.matchAll(CONTROLLER)].at(-1)?.[1] ?? -1);
    if (epoch > latest) [controller, latest] = [broker, epoch];
  }
  if (latest < 0) throw new Error('no broker says that it is the active controller');
  await killBrokers(cluster, [controller]);
}

/** The broker whose data has no room left ends by itself, or is of no more use. */
async function fillDisk(cluster: DevCluster, disk: SmallDisk | string): Promise<void> {
  if (typeof disk === 'string') {
    print(`not made: a disk that is full (${disk})`);
    return;
  }
  disk.fill();
  const hasEnded = await cluster.endOfBroker(BROKERS, FROZEN);
  if (!hasEnded) await cluster.signalBroker(BROKERS, 'SIGKILL');
  disk.makeRoom();
  await cluster.startBroker(BROKERS);
}

function brokerDirectory(directory: string, broker: number): string {
  return path.join(directory, 'kafka', `broker-${broker}`);
}

async function killHub(hubs: Hubs, hub: number, withView = false): Promise<void> {
  await hubs.kill(hub);
  if (withView) hubs.forget(hub);
  await hubs.start(hub);
}

async function freezeHub(hubs: Hubs, hub: number): Promise<void> {
  hubs.signal(hub, 'SIGSTOP');
  await delay(FROZEN);
  hubs.signal(hub, 'SIGCONT');
}

async function restartHubs(hubs: Hubs): Promise<void> {
  for (let hub = 0; hub < HUBS; hub++) {
    await hubs.stop(hub);
    await hubs.start(hub);
  }
}

/** Waits until every load has been acknowledged a few times more. */
async function recovered(loads: readonly Load[]): Promise<void> {
  const goals = loads.map(({ acknowledged }) => acknowledged.length + 3);
  const deadline = performance.now() + 90_000;
  while (loads.some(({ acknowledged }, index) => acknowledged.length < goals[index]!)) {
    if (performance.now() > deadline) throw new Error('writers are not acknowledged any more');
    await delay(50);
  }
}

async function runRounds(rounds: number, views: readonly string[], directory: string): Promise<boolean> {
  const jars = jarDirectory(process.env);
  await fetchJars(jars, print);
  const disk = SmallDisk.mount(path.join(brokerDirectory(directory, BROKERS), 'data'));
  const network = await CuttableNetwork.open(BROKERS);
  const cluster = await DevCluster.start({
    ...{ jars, directory: path.join(directory, 'kafka'), brokers: BROKERS, port: 0 },
    settings: (place) => ({ ...SETTINGS, ...network.settingsOf(place) }),
  });
  try {
    const brokers = Array.from({ length: HUBS }, (_, hub) => (hub < HUBS - 1 ? cluster : network).addresses);
    const hubs = await Hubs.start(directory, brokers, views);
    const loads = Array.from({ length: HUBS }, (_, hub) => KINDS.map((kind) => new Load(kind, hubs, hub))).flat();
    await recovered(loads);
    const readers = Array.from({ length: HUBS }, (_, hub) => new TopicReader(hubs, hub));
    print('| round | what happened | s | longest wait for an acknowledgement, s | acknowledged | read |');
    print('| --- | --- | --- | --- | --- | --- |');
    for (let round = 0; round < rounds; round++) {
      for (const load of loads) load.takeLongest();
      const [name, strike] = FAULTS[round % FAULTS.length]!;
      const started = performance.now();
      await strike({ cluster, hubs, network, disk, directory, round });
      await recovered(loads);
      const seconds = (performance.now() - started) / 1000;
      const longest = Math.max(...loads.map((load) => load.takeLongest())) / 1000;
      const acknowledged = loads.reduce((sum, load) => sum + load.acknowledged.length, 0);
      const read = readers.map(({ count }) => count).join(', ');
      print(`| ${round + 1} | ${name} | ${seconds.toFixed(1)} | ${longest.toFixed(1)} | ${acknowledged} | ${read} |`);
    }
    await Promise.all(loads.map((load) => load.stop()));
    // What was acknowledged last comes to the readers, too.
    await delay(3000);
    await Promise.all(readers.map((reader) => reader.stop()));
    const { details, ...counts } = await judge(hubs, loads, readers);
    const resumes = readers.reduce((sum, reader) => sum + reader.resumes, 0);
    print(`${resumes} resumes of readers at another hub; ${JSON.stringify(counts)}`);
    for (const detail of details) print(detail);
    await hubs.stopAll();
    return Object.values(counts).every((count) => count === 0);
  } finally {
    await cluster.stop();
    await network.close();
    if (typeof disk !== 'string') disk.unmount();
  }
}

void runScript(60 * 60_000, () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '20' },
      // One for each hub: with `all,all,none` the last one asks the others for everything.
      views: { type: 'string', default: 'all,all,all' },
    },
  });
  const views = values.views.split(',');
  if (views.length !== HUBS) throw new Error(`--views names ${views.length} views, and there are ${HUBS} hubs`);
  return withTemporaryDirectory((directory) => runRounds(positive('rounds', values.rounds), views, directory));
});
