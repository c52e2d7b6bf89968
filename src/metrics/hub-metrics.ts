import { Counter, Gauge, type Registry } from 'prom-client';
import type { HubEvents, HubMetrics as HubEventHooks, InvocationMeter, ProtocolName, TransportName } from '../signalr';
import { DurationHistogram } from './duration-histogram';

const TRANSPORTS: readonly TransportName[] = ['webSockets', 'serverSentEvents', 'longPolling'];
const PROTOCOLS: readonly ProtocolName[] = ['json', 'messagepack'];

/** How an invocation can end. */
const OUTCOMES: readonly HubEvents['invocationEnded']['status'][] = ['completed', 'refused', 'failed', 'cancelled'];

/** Why one may not be started. */
const REFUSALS: readonly HubEvents['invocationRefused']['reason'][] = [
  'unknownMethod',
  'arguments',
  'invocationType',
  'invocationId',
  'streams',
];

/** How a connection can end. */
const ENDS: readonly HubEvents['connectionEnded']['status'][] = ['normalClosure', 'appShutdown', 'timeout', 'error'];

/** A connection whose handshake is complete. */
interface OpenConnection {
  readonly transport: TransportName;
  readonly protocol: ProtocolName | undefined;
}

/** What the hub tells of its connections and invocations. */
export class HubMetrics {
  /** What the hub server calls. */
  readonly hooks: HubEventHooks;
  readonly #open: Gauge<'transport' | 'protocol'>;
  readonly durations: DurationHistogram<'method' | 'outcome'>;
  readonly #meters = new Map<string, InvocationMeter>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#open = new Gauge({
      name: 'writer_hub_hub_connections',
      help: 'Open hub connections, by transport and encoding.',
      labelNames: ['transport', 'protocol'],
      registers,
    });
    for (const transport of TRANSPORTS) {
      for (const protocol of PROTOCOLS) this.#open.set({ transport, protocol }, 0);
    }
    const name = 'writer_hub_invocation_seconds';
    const help = 'Time of hub invocations from their start to their completion, by method and outcome.';
    this.durations = new DurationHistogram({ name, help, labelNames: ['method', 'outcome'], sparse: true });
    this.hooks = { invocationMeter: (method) => this.#meterOf(method), ...eventHooks(registry) };
  }

  /** There are methods of these names: their series begin at 0. */
  declare(methods: readonly string[]): void {
    for (const method of methods) this.#meterOf(method);
  }

  /** What measures the invocations of a method; only methods that there are have one. */
  #meterOf(method: string): InvocationMeter {
    const known = this.#meters.get(method);
    if (known !== undefined) return known;
    const series = new Map(OUTCOMES.map((outcome) => [outcome, this.durations.series({ method, outcome })]));
    const meter: InvocationMeter = (status, milliseconds) => series.get(status)?.add(milliseconds / 1000);
    this.#meters.set(method, meter);
    return meter;
  }

  /** A connection has completed its handshake. */
  add({ transport, protocol }: OpenConnection): void {
    if (protocol !== undefined) this.#open.inc({ transport, protocol });
  }

  /** Such a connection has ended. */
  remove({ transport, protocol }: OpenConnection): void {
    if (protocol !== undefined) this.#open.dec({ transport, protocol });
  }
}

/** Counts what happens rarely: objects and labels cost nothing there. */
function eventHooks(registry: Registry): HubEventHooks {
  const registers = [registry];
  const refused = new Counter({
    name: 'writer_hub_invocations_refused_total',
    help: 'Hub invocations that were not started, by reason; `unknownMethod`: the hub has no such method.',
    labelNames: ['reason'],
    registers,
  });
  const started = new Counter({
    name: 'writer_hub_hub_connections_started_total',
    help: 'Hub connections begun, by transport.',
    labelNames: ['transport'],
    registers,
  });
  const ended = new Counter({
    name: 'writer_hub_hub_connections_ended_total',
    help: 'Hub connections ended, by how.',
    labelNames: ['status'],
    registers,
  });
  const dropped = new Counter({
    name: 'writer_hub_hub_dropped_bytes_total',
    help: 'Bytes of messages that clients of the hub did not take, about.',
    registers,
  });
  for (const reason of REFUSALS) refused.inc({ reason }, 0);
  for (const transport of TRANSPORTS) started.inc({ transport }, 0);
  for (const status of ENDS) ended.inc({ status }, 0);
  return {
    connectionStarted: ({ transport }) => {
      started.inc({ transport });
    },
    connectionEnded: ({ status }) => {
      ended.inc({ status });
    },
    invocationRefused: ({ reason }) => {
      refused.inc({ reason });
    },
    messagesDropped: ({ bytes }) => {
      dropped.inc(bytes);
    },
  };
}
