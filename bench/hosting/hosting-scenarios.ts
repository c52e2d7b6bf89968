import { readFileSync } from 'node:fs';
import { outputOf, ServerProcess, typescript } from '../support/process';
import type { HostingKind, HostingSpec, IdleResult, TrafficResult } from './hosting-spec';

/** How long and how often a scenario is measured. */
export interface HostingOptions {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** One short round with few connections. */
  readonly quick: boolean;
}

/** A scenario that measures the cost of hosting connections. */
export interface HostingScenario {
  readonly name: string;
  /** Resolves with the line for the report. */
  measure(options: HostingOptions): Promise<string>;
}

/** The package as it was built: what `tsx` makes of its sources is slower. */
const BUILT = { TSX_TSCONFIG_PATH: 'bench/tsconfig.run.json' };

const SERVERS = { hub: 'bench/hosting/hub-server.ts', bare: 'bench/hosting/bare-server.ts' } as const;

/** What is compared in a scenario with traffic. */
interface TrafficScenario {
  readonly name: string;
  readonly kind: Exclude<HostingKind, 'idle'>;
  readonly connections: number;
  readonly inFlight: number;
  /** What is counted. */
  readonly unit: string;
  /** The ratio of the rates that we aim at. */
  readonly aim: number;
}

const TRAFFIC: readonly TrafficScenario[] = [
  { name: 'echo, one connection', kind: 'echo', connections: 1, inFlight: 1, unit: 'invocations', aim: 0.9 },
  { name: 'echo', kind: 'echo', connections: 50, inFlight: 8, unit: 'invocations', aim: 0.9 },
  { name: 'broadcast', kind: 'broadcast', connections: 500, inFlight: 1, unit: 'deliveries', aim: 0.8 },
  // Messages that are sent at the same time leave the hub as one WebSocket message.
  { name: 'broadcast, 4 at once', kind: 'broadcast', connections: 500, inFlight: 4, unit: 'deliveries', aim: 0.8 },
  { name: 'stream', kind: 'stream', connections: 1, inFlight: 1, unit: 'items', aim: 0.8 },
];

const IDLE_CONNECTIONS = 5_000;
const STREAM_ITEMS = 100_000;

export const hostingScenarios: readonly HostingScenario[] = [
  ...TRAFFIC.map((scenario) => ({
    name: scenario.name,
    measure: (options: HostingOptions) => traffic(scenario, options),
  })),
  { name: 'idle', measure: idle },
];

async function traffic(scenario: TrafficScenario, options: HostingOptions): Promise<string> {
  const { name, kind, inFlight, unit, aim } = scenario;
  const connections = affordable(options.quick ? Math.min(scenario.connections, 50) : scenario.connections);
  const items = options.quick ? STREAM_ITEMS / 10 : STREAM_ITEMS;
  const { hub, bare } = await alternate<TrafficResult>({ kind, connections, inFlight, items }, options);
  const of = (pick: (run: TrafficResult) => number): readonly [number, number] => [
    median(hub.map(pick)),
    median(bare.map(pick)),
  ];
  const rates = of(({ messages, seconds }) => messages / seconds);
  const cpu = of(({ serverCpu }) => serverCpu);
  const rate = `${whole(rates[0])} ${unit}/s (bare ${whole(rates[1])}), ratio ${(rates[0] / rates[1]).toFixed(2)}, aim ${aim.toFixed(2)}`;
  const work = `server CPU µs each ${cpu[0].toFixed(2)} (bare ${cpu[1].toFixed(2)}), ratio ${(cpu[1] / cpu[0]).toFixed(2)}`;
  return `${name}: ${connections} × ${inFlight} in flight; ${rate}; ${work}${kind === 'echo' ? latency(of) : ''}`;
}

function latency(of: (pick: (run: TrafficResult) => number) => readonly [number, number]): string {
  const [p50, p99] = [of((run) => run.p50), of((run) => run.p99)];
  const text = ([ours, bare]: readonly [number, number]): string => `${ours.toFixed(3)} (bare ${bare.toFixed(3)})`;
  return `; p50 ms ${text(p50)}, p99 ms ${text(p99)}`;
}

async function idle(options: HostingOptions): Promise<string> {
  const connections = affordable(options.quick ? 500 : IDLE_CONNECTIONS);
  const { hub, bare } = await alternate<IdleResult>({ kind: 'idle', connections, inFlight: 0, items: 0 }, options);
  const resident = [hub, bare].map((runs) => median(runs.map((run) => run.residentPerConnection)));
  const objects = [hub, bare].map((runs) => median(runs.map((run) => run.objectsPerConnection)));
  const above = resident[0]! - resident[1]!;
  const memory = `${kilobytes(resident[0]!)} (bare ${kilobytes(resident[1]!)}), ${kilobytes(above)} above it`;
  const ofIt = `of it objects ${kilobytes(objects[0]!)} (bare ${kilobytes(objects[1]!)})`;
  return `idle: ${connections} connections; server memory per connection ${memory}, aim under 7 KB; ${ofIt}`;
}

/** Runs the bare server and the hub alternately, each time with fresh processes. */
async function alternate<Result>(
  load: Pick<HostingSpec, 'kind' | 'connections' | 'inFlight' | 'items'>,
  options: HostingOptions,
): Promise<{ hub: Result[]; bare: Result[] }> {
  const results: { hub: Result[]; bare: Result[] } = { hub: [], bare: [] };
  for (let round = 0; round < options.rounds; round++) {
    for (const side of ['bare', 'hub'] as const) {
      const result = await run<Result>(SERVERS[side], load, options);
      results[side].push(result);
      process.stderr.write(`${load.kind}, ${side}: ${JSON.stringify(result)}\n`);
    }
  }
  return results;
}

async function run<Result>(
  file: string,
  load: Pick<HostingSpec, 'kind' | 'connections' | 'inFlight' | 'items'>,
  { warmUpMs, windowMs }: HostingOptions,
): Promise<Result> {
  const server = await ServerProcess.start({ args: ['--expose-gc', ...typescript(file)], env: BUILT });
  try {
    const { url, port, pid } = server;
    const spec: HostingSpec = { ...load, url, port, pid, warmUpMs, windowMs };
    return JSON.parse(
      await outputOf({ args: [...typescript('bench/hosting/load.ts'), JSON.stringify(spec)] }),
    ) as Result;
  } finally {
    await server.stop();
  }
}

/** The wanted number of connections, or as many as the limit on open files allows. */
function affordable(wanted: number): number {
  const limit = /^Max open files\s+\d+\s+(\d+)/m.exec(limits())?.[1];
  const most = limit === undefined ? wanted : Number(limit) - 500;
  if (most < wanted) process.stderr.write(`open files are limited: ${most} connections instead of ${wanted}\n`);
  return Math.max(1, Math.min(wanted, most));
}

function limits(): string {
  return process.platform === 'linux' ? readFileSync('/proc/self/limits', 'latin1') : '';
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
