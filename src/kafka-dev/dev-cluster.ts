import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import path from 'node:path';
import { type BrokerPlace, type BrokerSettings, writeBrokerFiles } from './broker-files';
import { KafkaDevError, run } from './kafka-jars';

/** How a cluster on this machine is set up. */
export interface DevClusterOptions {
  /** Where Kafka's jars are. */
  readonly jars: string;
  /** Where the cluster keeps its data; what it has there already is found again. */
  readonly directory: string;
  readonly brokers: number;
  /** The port of the first broker, the others follow; then those of the controllers. 0: free ones. */
  readonly port: number;
  /** Settings of Kafka besides those that it needs, of all brokers, or of each. */
  readonly settings?: BrokerSettings | ((place: BrokerPlace) => BrokerSettings);
  /** Further arguments of the tool that prepares the directories, such as users. */
  readonly format?: readonly string[];
}

/** Enough for trying, and three of them fit on a small machine. */
const JVM = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.net.preferIPv4Stack=true'];

const STARTED = 'Kafka Server started';

/** How often the log of a broker that starts is looked at, and how long at the most, milliseconds. */
const LOOK_AGAIN = 50;
const STARTS_WITHIN = 60_000;
/** How long a broker may take to end, milliseconds. */
const ENDS_WITHIN = 15_000;

interface Broker {
  readonly place: BrokerPlace;
  readonly command: readonly string[];
  process?: ChildProcess | undefined;
}

/** A cluster of Kafka whose brokers all run on this machine, for trying and for tests. */
export class DevCluster {
  readonly #brokers: readonly Broker[];

  private constructor(brokers: readonly Broker[]) {
    this.#brokers = brokers;
  }

  /** Starts a cluster; resolves when all its brokers take part. Rejects with a `KafkaDevError`. */
  static async start(options: DevClusterOptions): Promise<DevCluster> {
    const { jars, directory, brokers: count, settings = {}, format = [] } = options;
    const ports = await freePorts(options.port, 2 * count);
    const places = Array.from({ length: count }, (_, index) => ({
      id: index + 1,
      port: ports[index]!,
      controllerPort: ports[count + index]!,
      directory: path.join(directory, `broker-${index + 1}`),
    }));
    const id = newClusterId();
    const brokers = await Promise.all(
      places.map(async (place) => {
        mkdirSync(place.directory, { recursive: true });
        const own = typeof settings === 'function' ? settings(place) : settings;
        const files = writeBrokerFiles(place, places, own);
        const java = [...JVM, `-Dlog4j2.configurationFile=${files.logging}`, `-Dkafka.log=${logOf(place)}`];
        const classes = [...java, '-cp', path.join(jars, '*')];
        if (!existsSync(path.join(place.directory, 'data', 'meta.properties'))) {
          await run('java', [
            ...classes,
            'kafka.tools.StorageTool',
            'format',
            '-t',
            id,
            '-c',
            files.settings,
            ...format,
          ]);
        }
        return { place, command: [...classes, 'kafka.Kafka', files.settings] };
      }),
    );
    const cluster = new DevCluster(brokers);
    try {
      await Promise.all(brokers.map(({ place }) => cluster.startBroker(place.id)));
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** `host:port` of each broker, separated by commas. */
  get addresses(): string {
    return this.#brokers.map(({ place }) => `127.0.0.1:${place.port}`).join(',');
  }

  /** Starts a broker that does not run. Resolves when it takes part. */
  async startBroker(id: number): Promise<void> {
    const broker = this.#broker(id);
    const { place, command } = broker;
    const output = openSync(path.join(place.directory, 'output.log'), 'a');
    const from = sizeOf(logOf(place));
    // A Ctrl-C is for whoever started it, who ends it then.
    const child = spawn('java', command, { stdio: ['ignore', output, output], detached: true });
    closeSync(output);
    broker.process = child;
    const ended = once(child, 'exit');
    ended.catch(() => undefined);
    const deadline = performance.now() + STARTS_WITHIN;
    while (!readFrom(logOf(place), from).includes(STARTED)) {
      if (child.exitCode !== null || child.pid === undefined) throw new KafkaDevError(failure(place));
      if (performance.now() > deadline)
        throw new KafkaDevError(`broker ${id} has not started after 60 s: ${logOf(place)}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    }
  }

  /** Sends a signal to a broker; with one that ends it, resolves when it has ended. */
  async signalBroker(id: number, signal: NodeJS.Signals): Promise<void> {
    const { process: child } = this.#broker(id);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
  }

  /** Resolves when a broker has ended by itself; `false`: it has not within so many milliseconds. */
  async endOfBroker(id: number, within: number): Promise<boolean> {
    const { process: child } = this.#broker(id);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return true;
    const timer = new AbortController();
    const late = setTimeout(() => {
      timer.abort();
    }, within);
    try {
      await once(child, 'exit', { signal: timer.signal });
      return true;
    } catch {
      return false;
    } finally {
      clearTimeout(late);
    }
  }

  /** Ends all brokers. */
  async stop(): Promise<void> {
    await Promise.all(
      this.#brokers.map(async ({ place }) => {
        const timer = setTimeout(() => void this.signalBroker(place.id, 'SIGKILL'), ENDS_WITHIN);
        await this.signalBroker(place.id, 'SIGTERM');
        clearTimeout(timer);
      }),
    );
  }

  #broker(id: number): Broker {
    const found = this.#brokers.find(({ place }) => place.id === id);
    if (found === undefined) throw new RangeError(`there is no broker ${id}`);
    return found;
  }
}

/** A UUID as Kafka writes it; it must not look like an option. */
function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

function logOf({ directory }: BrokerPlace): string {
  return path.join(directory, 'server.log');
}

function sizeOf(file: string): number {
  return existsSync(file) ? readFileSync(file).length : 0;
}

function readFrom(file: string, from: number): string {
  return existsSync(file) ? readFileSync(file).subarray(from).toString() : '';
}

function failure(place: BrokerPlace): string {
  const output = path.join(place.directory, 'output.log');
  const said = existsSync(output) ? readFileSync(output, 'utf8').trim().split('\n').slice(-5).join('\n') : '';
  return `broker ${place.id} has ended: ${said === '' ? `see ${logOf(place)}` : said}`;
}

/** So many ports: those from one on, or, from 0, any that are free. */
async function freePorts(first: number, count: number): Promise<number[]> {
  if (first !== 0) return Array.from({ length: count }, (_, index) => first + index);
  const servers = await Promise.all(Array.from({ length: count }, () => listen()));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function listen(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
