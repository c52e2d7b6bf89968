// Kills and resumes readers of every kind, and now and then the server with `kill -9`, while events are written to 20
// streams: each reader must get each event once, in the order of its stream.
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as signalR from '@microsoft/signalr';
import type { ServerProcess } from '../../bench/support/process';
import { Random } from '../../bench/support/random';
import { positive, print, runScript } from '../../bench/support/script';
import { withTemporaryDirectory } from '../../bench/support/temporary';
import { startWriterHub, StreamReader, TOKEN } from '../../bench/support/writer-hub-server';
import { WriterHubClient } from '../../src/client';
import { CuttingProxy } from '../conformance/support/cutting-proxy';
import {
  EventStreamReader,
  HubReader,
  LibraryReader,
  LineReader,
  type ReaderTarget,
  type ResumingReader,
} from './resuming-readers';

const TOPIC = 'resume';
const STREAMS = Array.from({ length: 20 }, (_, stream) => `stream-${stream}`);
const BATCH = 500;
/** Events by which writers may be ahead of the slowest reader: so readers are behind at times, and live at others. */
const MOST_AHEAD = 50_000;
/** One cut in so many is the server's. */
const SERVER_SHARE = 10;

const KINDS = {
  'hub, JSON': HubReader,
  'hub, MessagePack': HubReader,
  'event stream': EventStreamReader,
  NDJSON: LineReader,
  library: LibraryReader,
} satisfies Record<string, new (name: string, target: ReaderTarget) => ResumingReader>;

/** Writes numbers to each stream, with a key for each batch that is kept until it is acknowledged. */
class Writers {
  written = 0;
  readonly #client: WriterHubClient;

  constructor(url: string) {
    const connectionOptions = { transport: signalR.HttpTransportType.WebSockets };
    this.#client = new WriterHubClient({ signalR, url, token: TOKEN, retryDelayMs: 20, connectionOptions });
  }

  /** Writes the numbers from `first` up to `end` to each stream, as fast as `mayGoOn` lets them. */
  async write(first: number, end: number, mayGoOn: (written: number) => boolean): Promise<void> {
    const toStream = async (stream: string): Promise<void> => {
      for (let next = first; next < end; next += BATCH) {
        while (!mayGoOn(this.written)) await delay(5);
        const length = Math.min(BATCH, end - next);
        await this.#client.send(
          TOPIC,
          stream,
          Array.from({ length }, (_, index) => ({ id: 'number', value: String(next + index) })),
        );
        this.written += length;
      }
    };
    await Promise.all(STREAMS.map(toStream));
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Cuts off one reader after another, or all of them with the server, each time that so much has been read. */
class Cutter {
  cuts = 0;
  kills = 0;
  #read = 0;
  #isBusy = false;
  readonly #at: number[];
  readonly readers: ResumingReader[] = [];
  readonly #killServer: () => Promise<void>;

  constructor(at: number[], killServer: () => Promise<void>) {
    this.#at = at;
    this.#killServer = killServer;
  }

  readonly onEvent = (): void => {
    this.#read++;
    if (this.#isBusy || this.#at.length === 0 || this.#read < this.#at[0]!) return;
    this.#at.shift();
    this.#isBusy = true;
    // Not in the middle of what a reader has in hand: as if from outside.
    setImmediate(() => {
      void this.#cut().finally(() => {
        this.#isBusy = false;
      });
    });
  };

  async #cut(): Promise<void> {
    const number = this.cuts++;
    if (number % SERVER_SHARE === SERVER_SHARE - 1) {
      this.kills++;
      await this.#killServer();
      return;
    }
    // All of them in turn, in one round by a cut and in the next by leaving.
    const turn = number - this.kills;
    const reader = this.readers[turn % this.readers.length]!;
    if (Math.floor(turn / this.readers.length) % 2 === 0) reader.cut();
    else reader.leave();
  }
}

async function resume(directory: string, counts: { events: number; cuts: number }, random: Random): Promise<boolean> {
  const perStream = Math.ceil(counts.events / STREAMS.length);
  const total = perStream * STREAMS.length;
  let server: ServerProcess = await startWriterHub(directory);
  const { port, url } = server;
  const names = Object.keys(KINDS) as (keyof typeof KINDS)[];
  const at = Array.from({ length: counts.cuts }, () => random.between(1, Math.floor(total * names.length * 0.95)));
  const cutter = new Cutter(
    at.sort((one, other) => one - other),
    async () => {
      await server.kill();
      server = await startWriterHub(directory, {}, port);
    },
  );
  const writers = new Writers(url);
  const start = performance.now();
  // Readers refuse a topic that is not there.
  await writers.write(0, 1, () => true);
  const proxies: CuttingProxy[] = [];
  for (const name of names) {
    const proxy = await CuttingProxy.start(port);
    proxies.push(proxy);
    cutter.readers.push(new KINDS[name](name, { topic: TOPIC, url, proxy, random, onEvent: cutter.onEvent }));
  }
  const { readers } = cutter;
  const runs = readers.map((reader) => reader.run());
  const slowest = (): number => Math.min(...readers.map(({ sequences }) => sequences.count));
  const isFaulty = (): boolean => readers.some(({ fault }) => fault !== undefined);
  const until = async (count: number): Promise<void> => {
    while (slowest() < count && !isFaulty()) await delay(20);
  };
  await writers.write(1, perStream, (written) => written - slowest() < MOST_AHEAD || isFaulty());
  await until(total);
  // What comes behind everything shows that nothing came twice in the meantime.
  await writers.write(perStream, perStream + 1, () => true);
  await until(total + STREAMS.length);
  const seconds = (performance.now() - start) / 1000;

  for (const reader of readers) reader.stop();
  await Promise.all(runs);
  await writers.close();
  for (const proxy of proxies) await proxy.close();
  const reader = new StreamReader(url);
  let stored = 0;
  for (const stream of STREAMS) stored += await reader.count(TOPIC, stream);
  const clean = await server.stop();

  print(
    `${writers.written} events were written to ${STREAMS.length} streams in ${seconds.toFixed(1)} s; ${stored} are stored`,
  );
  print(`readers were cut off ${cutter.cuts} times, ${cutter.kills} of them with the server by kill -9`);
  for (const { name, sequences, begun, fault } of readers) {
    print(
      `${name.padEnd(18)} read ${sequences.count} events, began ${begun} times${fault === undefined ? '' : `; FAULT ${fault}`}`,
    );
  }
  if (!clean) print(`the server did not end cleanly:\n${server.log()}`);
  const expected = total + STREAMS.length;
  const isWhole = readers.every(({ sequences }) => sequences.count === expected);
  return !isFaulty() && isWhole && stored === expected && cutter.cuts >= counts.cuts && clean;
}

void runScript(30 * 60_000, async () => {
  const { values } = parseArgs({
    options: {
      events: { type: 'string', default: '1000000' },
      cuts: { type: 'string', default: '50' },
      seed: { type: 'string', default: String(1 + (Date.now() % 1_000_000)) },
    },
  });
  const counts = { events: positive('events', values.events), cuts: positive('cuts', values.cuts) };
  print(`${counts.events} events, ${counts.cuts} cuts, --seed ${values.seed}`);
  const random = new Random(positive('seed', values.seed));
  const kept = await withTemporaryDirectory((directory) => resume(directory, counts, random));
  print(kept ? 'each reader got each event once, in the order of its stream' : 'FAILED');
  return kept;
});
