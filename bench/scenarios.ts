/** One kind of load, measured on the hub and on the bare server it is compared with. */
export interface Scenario {
  readonly name: string;
  readonly entryPoint: 'hub' | 'http' | 'rows';
  readonly connections: number;
  readonly streams: number;
  readonly inFlight: number;
  readonly batch: number;
  /** Set for packages of parameter data: of how many parameters their samples are. */
  readonly parameters?: number;
  readonly shuffled: boolean;
  /** Whether rows are acknowledged after the commit (200) or when they are queued (202). */
  readonly wait?: boolean;
  /** The ratio to the baseline that we aim at. */
  readonly aim?: number;
  /** The rate, in events or rows per second, or the traffic, in MB per second, that we aim at. */
  readonly leastRate?: number;
  readonly leastMegabytes?: number;
}

/** The file of the bare server for each entry point. */
export const BASELINES = {
  hub: 'bench/baseline/ws-server.ts',
  http: 'bench/baseline/http-server.ts',
  rows: 'bench/baseline/rows-server.ts',
} as const;

const HUB = { entryPoint: 'hub', connections: 16, streams: 16, shuffled: false } as const;
const HTTP = { entryPoint: 'http', inFlight: 1, streams: 16, shuffled: false } as const;
const POSTED = { entryPoint: 'rows', inFlight: 1, streams: 1, shuffled: false } as const;

export const SCENARIOS: readonly Scenario[] = [
  { ...HUB, name: '1-event invocations', inFlight: 16, batch: 1, aim: 0.75 },
  { ...HUB, name: '100-event invocations', inFlight: 4, batch: 100, aim: 0.6 },
  { ...HUB, name: '100-event invocations, shuffled', inFlight: 4, batch: 100, shuffled: true, aim: 0.6 },
  { ...HUB, name: '1000-event invocations', inFlight: 2, batch: 1000, aim: 0.55 },
  { ...HUB, name: '1000-event invocations, shuffled', inFlight: 2, batch: 1000, shuffled: true, aim: 0.55 },
  { ...HTTP, name: '1-event POSTs', connections: 256, batch: 1, aim: 0.5 },
  { ...HTTP, name: '1000-event POSTs', connections: 16, batch: 1000 },
  { ...POSTED, name: '1-row posts, 202', connections: 256, batch: 1, wait: false, leastRate: 20_000 },
  { ...POSTED, name: '1-row posts, wait=true', connections: 256, batch: 1, wait: true, leastRate: 10_000 },
  { ...POSTED, name: '1000-row posts, wait=true', connections: 16, batch: 1000, wait: true, leastMegabytes: 80 },
];

const PACKAGES = { entryPoint: 'hub', connections: 16, streams: 16, shuffled: false } as const;

function packages(timestamps: number, parameters: number, aim: number): Scenario {
  const name = `${timestamps}-timestamp packages of ${parameters.toLocaleString('en-US')} parameters`;
  const batch = timestamps * parameters;
  // No more is under way than what may wait for the disk.
  const inFlight = batch <= 100 ? 16 : batch <= 10_000 ? 2 : 1;
  const connections = batch <= 10_000 ? 16 : 4;
  return { ...PACKAGES, connections, streams: connections, name, parameters, inFlight, batch, aim };
}

/** Samples of parameter data. */
export const PARAMETER_SCENARIOS: readonly Scenario[] = [
  packages(1, 3, 0.8),
  packages(100, 3, 0.5),
  packages(1000, 3, 0.4),
  packages(1, 1000, 0.8),
  packages(100, 1000, 0.5),
  packages(1000, 1000, 0.4),
];
