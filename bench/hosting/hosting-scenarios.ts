import { readFileSync } from 'node:fs';
import { outputOf, ServerProcess, typescript } from '../support/process';
import type { BroadcastResult, HostingSpec, IdleResult } from './hosting-spec';

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

const SERVERS = { hub: 'bench/hosting/broadcast-hub.ts', bare: 'bench/hosting/bare-server.ts' } as const;

export const hostingScenarios: readonly HostingScenario[] = [
  {
    name: 'idle',
    async measure(options) {
      const connections = affordable(options.quick ? 500 : 10_000);
      const { hub, bare } = await alternate<IdleResult>({ kind: 'idle', connections, inFlight: 0 }, options);
      const resident = [hub, bare].map((runs) => median(runs.map((run) => run.residentPerConnection)));
      const objects = [hub, bare].map((runs) => median(runs.map((run) => run.objectsPerConnection)));
      const above = resident[0]! - resident[1]!;
      const memory = `${kilobytes(resident[0]!)} (bare ${kilobytes(resident[1]!)}), ${kilobytes(above)} above it`;
      const ofIt = `of it objects ${kilobytes(objects[0]!)} (bare ${kilobytes(objects[1]!)})`;
      return `idle: ${connections} connections; server memory per connection ${memory}, aim under 12 KB; ${ofIt}`;
    },
  },
  { name: 'broadcast', measure: (options) => broadcast('broadcast', 1, options) },
  // Messages that are sent at the same time leave the hub as one WebSocket message.
  { name: 'broadcast, 4 at once', measure: (options) => broadcast('broadcast, 4 at once', 4, options) },
];

async function broadcast(name: string, inFlight: number, options: HostingOptions): Promise<string> {
  const connections = affordable(options.quick ? 100 : 1_000);
  const { hub, bare } = await alternate<BroadcastResult>({ kind: 'broadcast', connections, inFlight }, options);
  const rates = [hub, bare].map((runs) => median(runs.map((run) => run.messages / run.seconds)));
  const cpu = [hub, bare].map((runs) => median(runs.map((run) => run.serverCpu)));
  const rate = `${whole(rates[0]!)} messages/s (bare ${whole(rates[1]!)}), ratio ${(rates[0]! / rates[1]!).toFixed(2)}`;
  const work = `server CPU µs per message ${cpu[0]!.toFixed(2)} (bare ${cpu[1]!.toFixed(2)})`;
  return `${name}: 1 group of ${connections} connections; ${rate}, aim 0.70; ${work}`;
}

/** Runs the bare server and the hub alternately, each time with fresh processes. */
async function alternate<Result>(
  load: Pick<HostingSpec, 'kind' | 'connections' | 'inFlight'>,
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
  load: Pick<HostingSpec, 'kind' | 'connections' | 'inFlight'>,
  { warmUpMs, windowMs }: HostingOptions,
): Promise<Result> {
  const server = await ServerProcess.start({ args: ['--expose-gc', ...typescript(file)] });
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
