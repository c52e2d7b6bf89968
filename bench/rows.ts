/** One kind of load, measured on the hub and on the bare server it is held against. */
export interface Row {
  readonly name: string;
  readonly door: 'hub' | 'http';
  readonly connections: number;
  readonly streams: number;
  readonly inFlight: number;
  readonly batch: number;
  readonly shuffled: boolean;
  /** The ratio to the baseline we want to reach. */
  readonly aim?: number;
}

/** The file of the bare server behind each door. */
export const baselines = {
  hub: 'bench/baseline/ws-server.ts',
  http: 'bench/baseline/http-server.ts',
} as const;

const hub = { door: 'hub', connections: 16, streams: 16, shuffled: false } as const;
const http = { door: 'http', inFlight: 1, streams: 16, shuffled: false } as const;

export const rows: readonly Row[] = [
  { ...hub, name: '1-event invocations', inFlight: 16, batch: 1, aim: 0.75 },
  { ...hub, name: '100-event invocations', inFlight: 4, batch: 100, aim: 0.6 },
  { ...hub, name: '100-event invocations, shuffled', inFlight: 4, batch: 100, shuffled: true, aim: 0.6 },
  { ...hub, name: '1000-event invocations', inFlight: 2, batch: 1000, aim: 0.55 },
  { ...hub, name: '1000-event invocations, shuffled', inFlight: 2, batch: 1000, shuffled: true, aim: 0.55 },
  { ...http, name: '1-event POSTs', connections: 256, batch: 1, aim: 0.5 },
  { ...http, name: '1000-event POSTs', connections: 16, batch: 1000 },
];
