import { once } from 'node:events';
import type { HostingOptions, HostingScenario } from '../hosting/hosting-scenarios';
import { outputOf, ServerProcess, startNode, tail, typescript } from '../support/process';
import { withTemporaryDirectory } from '../support/temporary';
import { startWriterHub, TOKEN } from '../support/writer-hub-server';
import type { ReaderKind, ReadersResult, ReadersSpec, WriterResult, WriterSpec } from './live-spec';

const TOPIC = 'live';
/** Readers begin before the first window: writers begin a little earlier and end a little later. */
const MARGIN_MS = 500;

/** How many read a topic, and what it takes in. */
interface LiveLoad {
  readonly readers: number;
  readonly eventsPerSecond: number;
}

/** One run: what the readers got, and what the writers got done. */
interface LiveRun {
  readonly deliveriesPerSecond: number;
  /** CPU microseconds of the server per delivery; with no reader, of all it did in a second. */
  readonly cpu: number;
  readonly p50: number;
  readonly p99: number;
  readonly eventsPerSecond: number;
}

const LOADS: readonly LiveLoad[] = [1, 500].flatMap((readers) =>
  [2_000, 20_000].map((eventsPerSecond) => ({ readers, eventsPerSecond })),
);

export const liveScenarios: readonly HostingScenario[] = LOADS.map((load) => ({
  name: `live, ${load.readers} readers, ${whole(load.eventsPerSecond)} events/s`,
  measure: (options) => compare(load, options),
}));

async function compare(load: LiveLoad, options: HostingOptions): Promise<string> {
  const readers = options.quick ? Math.min(load.readers, 50) : load.readers;
  const runs: Record<'bare' | 'hub' | 'alone', LiveRun[]> = { bare: [], hub: [], alone: [] };
  for (let round = 0; round < options.rounds; round++) {
    runs.bare.push(await runBare({ ...load, readers }, options));
    runs.hub.push(await runHub({ ...load, readers }, options));
    runs.alone.push(await runHub({ ...load, readers: 0 }, options));
  }
  const of = (side: keyof typeof runs, pick: (run: LiveRun) => number): number => median(runs[side].map(pick));
  const both = (pick: (run: LiveRun) => number, digits: number): string =>
    `${of('hub', pick).toFixed(digits)} (bare ${of('bare', pick).toFixed(digits)})`;
  const cpu = (side: 'bare' | 'hub'): number => of(side, (run) => run.cpu);
  const [written, alone] = [of('hub', (run) => run.eventsPerSecond), of('alone', (run) => run.eventsPerSecond)];
  return [
    `live, ${readers} readers, ${whole(load.eventsPerSecond)} events/s: ${both((run) => run.deliveriesPerSecond, 0)} deliveries/s`,
    `server CPU µs each ${both((run) => run.cpu, 2)}, ratio ${(cpu('bare') / cpu('hub')).toFixed(2)}${readers > 1 ? ', aim 0.50' : ''}`,
    `from acknowledgement to delivery p50 ms ${both((run) => run.p50, 1)}, p99 ms ${both((run) => run.p99, 1)}`,
    `writers ${whole(written)} events/s (without readers ${whole(alone)}), ratio ${(written / alone).toFixed(2)}, aim 0.90`,
  ].join('; ');
}

async function runBare(load: LiveLoad, options: HostingOptions): Promise<LiveRun> {
  const server = await ServerProcess.start({ args: typescript('bench/live/bare-server.ts') });
  try {
    return await run(server, load, { ...options, kind: 'bare' });
  } finally {
    await server.stop();
  }
}

async function runHub(load: LiveLoad, options: HostingOptions): Promise<LiveRun> {
  return withTemporaryDirectory(async (directory) => {
    const server = await startWriterHub(directory);
    try {
      await makeTopic(server.url);
      return await run(server, load, { ...options, kind: 'sse' });
    } finally {
      await server.stop();
    }
  });
}

async function makeTopic(url: string): Promise<void> {
  const answer = await fetch(`${url}/topics/${TOPIC}/streams/stream-0/events/data`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: '[{"id":"first","timestamp":1}]',
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function run(
  { port, pid }: ServerProcess,
  { readers, eventsPerSecond }: LiveLoad,
  { kind, warmUpMs, windowMs }: HostingOptions & { readonly kind: ReaderKind },
): Promise<LiveRun> {
  const where = { port, token: TOKEN, topic: TOPIC };
  const reading = await startReaders({ ...where, kind, readers, pid, warmUpMs, windowMs });
  const spec: WriterSpec = { ...where, eventsPerSecond, durationMs: warmUpMs + windowMs + 2 * MARGIN_MS };
  const writing = outputOf({ args: [...typescript('bench/live/writer.ts'), JSON.stringify(spec)] });
  const read = await reading.run();
  const written = JSON.parse(await writing) as WriterResult;
  const delays = delaysOf(read, written);
  const summary = {
    deliveriesPerSecond: read.deliveries / read.seconds,
    cpu: read.serverCpu / (readers === 0 ? read.seconds : read.deliveries),
    p50: at(delays, 0.5),
    p99: at(delays, 0.99),
    eventsPerSecond: written.events / written.seconds,
  };
  process.stderr.write(`live, ${kind}, ${readers} readers: ${JSON.stringify(summary)}\n`);
  return summary;
}

async function startReaders(spec: ReadersSpec): Promise<{ run(): Promise<ReadersResult> }> {
  const child = startNode({ args: [...typescript('bench/live/readers.ts'), JSON.stringify(spec)] });
  const errors = tail(child);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, 'close');
  while (!output.includes('ready\n')) {
    await Promise.race([once(child.stdout!, 'data'), closed]);
    if (child.exitCode !== null) throw new Error(`the readers failed: ${errors()}`);
  }
  return {
    async run() {
      child.stdin?.end('go');
      await closed;
      if (child.exitCode !== 0) throw new Error(`the readers failed: ${errors()}`);
      return JSON.parse(output.slice(output.indexOf('\n') + 1)) as ReadersResult;
    },
  };
}

/** From the acknowledgement of each batch to its delivery to each reader that looks, in order. */
function delaysOf({ arrivedAt }: ReadersResult, { acknowledgedAt }: WriterResult): number[] {
  const delays: number[] = [];
  for (const arrived of arrivedAt) {
    for (const [batch, time] of Object.entries(arrived)) {
      const acknowledged = acknowledgedAt[batch];
      // A reader may hear of a batch before its writer does.
      if (acknowledged !== undefined) delays.push(Math.max(0, time - acknowledged));
    }
  }
  return delays.sort((a, b) => a - b);
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
