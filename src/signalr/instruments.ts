import { type Channel, channel } from 'node:diagnostics_channel';
import type { Clock } from './clock';
import type { ConnectionRequest } from './hub/connection-request';
import { HubException, TimeoutError } from './exceptions';
import type { Logger } from './logger';
import type { ProtocolName, TransportName } from './names';

/** What every event tells. */
interface HubEvent {
  /** The path that the hub is attached at; several, with spaces, if it is attached at several. May be empty. */
  readonly hub: string;
}

/** A transport has begun to serve a client. */
export interface ConnectionStartedEvent extends HubEvent {
  readonly connectionId: string;
  readonly transport: TransportName;
}

/** How a connection has ended. */
export type ConnectionEnd = 'normalClosure' | 'appShutdown' | 'timeout' | 'error';

/** A connection is gone. */
export interface ConnectionEndedEvent extends ConnectionStartedEvent {
  /** The encoding; `undefined` when the handshake was not completed. */
  readonly protocol: ProtocolName | undefined;
  readonly status: ConnectionEnd;
  /** Milliseconds from its beginning. */
  readonly duration: number;
  readonly error: Error | undefined;
}

/** A method is called. */
export interface InvocationStartedEvent extends HubEvent {
  readonly connectionId: string;
  /** The method's name as it was declared. */
  readonly method: string;
  /** Whether it answers with a stream. */
  readonly isStream: boolean;
}

/**
 * How an invocation has ended. `refused`: with a `HubException`. `cancelled`: nobody waits any more for the rest of a
 * stream.
 */
export type InvocationEnd = 'completed' | 'refused' | 'failed' | 'cancelled';

/** A method has completed, or its stream has ended. */
export interface InvocationEndedEvent extends InvocationStartedEvent {
  readonly status: InvocationEnd;
  /** Milliseconds from its start; what it had to wait before does not count. */
  readonly duration: number;
  readonly error: unknown;
}

/** Why an invocation was not started. */
export type InvocationRefusal = 'unknownMethod' | 'arguments' | 'invocationType' | 'invocationId' | 'streams';

/** What a client has invoked cannot be started. */
export interface InvocationRefusedEvent extends HubEvent {
  readonly connectionId: string;
  readonly reason: InvocationRefusal;
}

/** A client did not take what was sent to it, and it is lost. */
export interface MessagesDroppedEvent extends HubEvent {
  readonly connectionId: string;
  readonly transport: TransportName;
  /** The limit that has struck. */
  readonly reason: string;
  /** How many bytes of messages are lost; text that was not handed over yet counts a character as a byte. */
  readonly bytes: number;
}

/** The events, by the name of their hook. */
export interface HubEvents {
  connectionStarted: ConnectionStartedEvent;
  connectionEnded: ConnectionEndedEvent;
  invocationStarted: InvocationStartedEvent;
  invocationEnded: InvocationEndedEvent;
  invocationRefused: InvocationRefusedEvent;
  messagesDropped: MessagesDroppedEvent;
}

/** Measures the invocations of one method: how one has ended, and after how many milliseconds. */
export type InvocationMeter = (status: InvocationEnd, duration: number) => void;

/** Functions that count and measure. What one throws is logged. */
export type HubMetrics = { readonly [Name in keyof HubEvents]?: (event: HubEvents[Name]) => void } & {
  /**
   * Gives what measures the invocations of a method, by its name as it was declared. Called once for each method; what
   * it gives costs less than `invocationEnded`, which is told of each invocation with an object.
   */
  readonly invocationMeter?: (method: string) => InvocationMeter;
};

/** The channels of `node:diagnostics_channel` on which the same events are published, for all hubs of a process. */
export const EVENT_CHANNELS = {
  connectionStarted: 'signalr:connection:start',
  connectionEnded: 'signalr:connection:end',
  invocationStarted: 'signalr:invocation:start',
  invocationEnded: 'signalr:invocation:end',
  invocationRefused: 'signalr:invocation:refused',
  messagesDropped: 'signalr:messages:dropped',
} as const satisfies Record<keyof HubEvents, string>;

const CHANNELS = Object.fromEntries(
  Object.entries(EVENT_CHANNELS).map(([name, channelName]) => [name, channel(channelName)]),
) as Readonly<Record<keyof HubEvents, Channel>>;

/** The connection of an invocation that may be traced. */
export interface TracedConnection {
  readonly connectionId: string;
  readonly transport: TransportName;
  /** The request that began it. */
  readonly request: ConnectionRequest;
}

/** One invocation that is traced. */
export interface InvocationTrace {
  /** Calls the method, and returns and throws as `call` does: what the method does belongs to the trace. */
  run<T>(call: () => T): T;
  /** It has ended, with the error if it was refused or has failed. */
  ended(status: InvocationEnd, error: unknown): void;
}

/**
 * Says how an invocation that starts is traced; `undefined`: not at all. `method` is its name as it was declared,
 * `headers` those of its message: clients of .NET send the context of a trace in them.
 */
export type TraceInvocation = (
  method: string,
  connection: TracedConnection,
  headers: Readonly<Record<string, string>> | undefined,
) => InvocationTrace | undefined;

/** Measures invocations that end once, each by when it started, milliseconds on the clock of `Instruments.now`. */
export interface InvocationWatch {
  readonly trace: InvocationTrace | undefined;
  completed(startedAt: number): void;
  failed(error: unknown, startedAt: number): void;
}

/** Measures all invocations of a method. It makes no object for each: there may be tens of thousands a second. */
class MethodWatch implements InvocationWatch {
  readonly trace = undefined;
  readonly meter: InvocationMeter;
  readonly #instruments: Instruments;

  constructor(instruments: Instruments, meter: InvocationMeter) {
    this.meter = meter;
    this.#instruments = instruments;
  }

  completed(startedAt: number): void {
    this.#instruments.measure(this.meter, 'completed', this.#instruments.now - startedAt);
  }

  failed(error: unknown, startedAt: number): void {
    this.#instruments.measure(this.meter, endOf(error), this.#instruments.now - startedAt);
  }
}

/** Measures one invocation that somebody wants to be told of, or that is traced or may be cancelled. */
export class SingleWatch implements InvocationWatch {
  readonly #instruments: Instruments;
  /** `undefined`: nobody wants to know of each. */
  readonly #event: InvocationStartedEvent | undefined;
  readonly #meter: InvocationMeter | undefined;
  readonly trace: InvocationTrace | undefined;
  readonly #startedAt: number;
  #ended = false;

  constructor(
    instruments: Instruments,
    event: InvocationStartedEvent | undefined,
    meter: InvocationMeter | undefined,
    trace: InvocationTrace | undefined,
  ) {
    this.#instruments = instruments;
    this.#event = event;
    this.#meter = meter;
    this.trace = trace;
    this.#startedAt = instruments.now;
  }

  completed(): void {
    this.#end('completed', undefined);
  }

  failed(error: unknown): void {
    this.#end(endOf(error), error);
  }

  /** Does nothing when it has ended already. */
  cancelled(): void {
    this.#end('cancelled', undefined);
  }

  #end(status: InvocationEnd, error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    const duration = this.#instruments.now - this.#startedAt;
    if (this.#meter !== undefined) this.#instruments.measure(this.#meter, status, duration);
    this.trace?.ended(status, error);
    if (this.#event !== undefined) {
      this.#instruments.emit('invocationEnded', { ...this.#event, status, duration, error });
    }
  }
}

/** How an invocation has ended that has thrown this. */
function endOf(error: unknown): InvocationEnd {
  return error instanceof HubException ? 'refused' : 'failed';
}

/** What instruments need to know of their server. */
export interface InstrumentOptions {
  readonly metrics: HubMetrics;
  readonly traceInvocation: TraceInvocation | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** Tells whoever listens what a hub does. When nobody listens, that is all it looks at. */
export class Instruments {
  readonly #options: InstrumentOptions;
  readonly #hubName: () => string;
  /** Whether a hook wants to know of invocations. */
  readonly #countsInvocations: boolean;
  /** By the method, of those that have a meter. */
  readonly #methods = new Map<string, MethodWatch>();

  constructor(options: InstrumentOptions, hubName: () => string) {
    const { invocationStarted, invocationEnded } = options.metrics;
    this.#options = options;
    this.#hubName = hubName;
    this.#countsInvocations = invocationStarted !== undefined || invocationEnded !== undefined;
  }

  /** Milliseconds. */
  get now(): number {
    return this.#options.clock.now();
  }

  get hub(): string {
    return this.#hubName();
  }

  /** Whether anybody wants to know of invocations. */
  get watchInvocations(): boolean {
    const { metrics, traceInvocation } = this.#options;
    return metrics.invocationMeter !== undefined || traceInvocation !== undefined || this.#tellsInvocations;
  }

  /** Whether anybody wants to be told of each. */
  get #tellsInvocations(): boolean {
    const { invocationStarted, invocationEnded } = CHANNELS;
    return this.#countsInvocations || invocationStarted.hasSubscribers || invocationEnded.hasSubscribers;
  }

  /** Whether anybody wants to know of such events. */
  listens(name: keyof HubEvents): boolean {
    return this.#options.metrics[name] !== undefined || CHANNELS[name].hasSubscribers;
  }

  /** A connection has begun. */
  connectionStarted({ connectionId, transport }: Omit<ConnectionStartedEvent, 'hub'>): void {
    if (!this.listens('connectionStarted')) return;
    this.emit('connectionStarted', { hub: this.hub, connectionId, transport });
  }

  /** A connection has ended that began at `startedAt`; `closing`: because the server closes, if without an error. */
  connectionEnded(
    { connectionId, transport, protocol, error }: Omit<ConnectionEndedEvent, 'hub' | 'status' | 'duration'>,
    startedAt: number,
    closing: boolean,
  ): void {
    if (!this.listens('connectionEnded')) return;
    let status: ConnectionEnd = closing ? 'appShutdown' : 'normalClosure';
    if (error !== undefined) status = error instanceof TimeoutError ? 'timeout' : 'error';
    const duration = this.now - startedAt;
    this.emit('connectionEnded', { hub: this.hub, connectionId, transport, protocol, status, duration, error });
  }

  /** An invocation starts, and somebody wants to know. */
  watch(
    connection: TracedConnection,
    method: string,
    headers: Readonly<Record<string, string>> | undefined,
  ): InvocationWatch | undefined {
    const trace = this.#options.traceInvocation?.(method, connection, headers);
    if (trace === undefined && !this.#tellsInvocations) return this.#methodWatch(method);
    return this.#singleWatch(connection, { method, isStream: false }, trace);
  }

  /** An invocation starts that answers with a stream, and somebody wants to know. */
  watchStream(
    connection: TracedConnection,
    method: string,
    headers: Readonly<Record<string, string>> | undefined,
  ): SingleWatch {
    const trace = this.#options.traceInvocation?.(method, connection, headers);
    return this.#singleWatch(connection, { method, isStream: true }, trace);
  }

  /** An invocation has ended that a meter wants to know of. */
  measure(meter: InvocationMeter, status: InvocationEnd, duration: number): void {
    try {
      meter(status, duration);
    } catch (error) {
      this.#options.logger.error({ err: error }, 'metrics.invocationMeter failed');
    }
  }

  #singleWatch(
    { connectionId }: TracedConnection,
    { method, isStream }: { readonly method: string; readonly isStream: boolean },
    trace: InvocationTrace | undefined,
  ): SingleWatch {
    const meter = this.#methodWatch(method)?.meter;
    if (!this.#tellsInvocations) return new SingleWatch(this, undefined, meter, trace);
    const event = { hub: this.hub, connectionId, method, isStream };
    this.emit('invocationStarted', event);
    return new SingleWatch(this, event, meter, trace);
  }

  #methodWatch(method: string): MethodWatch | undefined {
    const known = this.#methods.get(method);
    if (known !== undefined) return known;
    const meter = this.#options.metrics.invocationMeter?.(method);
    if (meter === undefined) return undefined;
    const watch = new MethodWatch(this, meter);
    this.#methods.set(method, watch);
    return watch;
  }

  /** An invocation is not started. */
  refuse(connectionId: string, reason: InvocationRefusal): void {
    if (this.listens('invocationRefused')) this.emit('invocationRefused', { hub: this.hub, connectionId, reason });
  }

  /** Tells everybody who listens. */
  emit<Name extends keyof HubEvents>(name: Name, event: HubEvents[Name]): void {
    const { metrics, logger } = this.#options;
    const hook = metrics[name] as ((event: HubEvents[Name]) => void) | undefined;
    try {
      hook?.(event);
    } catch (error) {
      logger.error({ err: error }, `metrics.${name} failed`);
    }
    // Node.js itself makes an uncaught exception of what a subscriber throws.
    if (CHANNELS[name].hasSubscribers) CHANNELS[name].publish(event);
  }
}
