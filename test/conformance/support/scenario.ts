import type { HubConnection, IStreamResult, Subject } from '@microsoft/signalr';

/** How a stock client reaches the server. */
export type TransportName = 'WebSockets' | 'ServerSentEvents' | 'LongPolling';

/** How messages are encoded. */
export type ProtocolName = 'json' | 'messagepack';

/** One column of the matrix. */
export interface Combination {
  readonly transport: TransportName;
  readonly protocol: ProtocolName;
  /** The client's major version. */
  readonly major: number;
  readonly browser: boolean;
}

/** What a scenario may ask for when it connects. */
export interface ConnectionSettings {
  /** The client's token, which is its name. Default `ann`. */
  readonly token?: string;
  /** Default: the hub of the test. */
  readonly url?: string;
  /** Milliseconds before each attempt to reconnect. Default: no automatic reconnect. */
  readonly reconnect?: readonly number[];
  readonly skipNegotiation?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly stateful?: boolean;
}

/** How a stream went. */
export interface StreamOutcome {
  readonly items: readonly unknown[];
  /** `completed`, or the text of the error. */
  readonly end: string;
}

/**
 * Everything a scenario may use. Scenarios and the maker of their kit are sent into a browser page as text, so neither
 * may name anything but its parameters.
 */
export interface Kit extends Combination {
  /** A name no other scenario has. */
  readonly key: string;
  /** Addresses of hubs with special behaviour. */
  readonly urls: Readonly<Record<'redirecting' | 'limited' | 'detailed', string>>;
  build(settings?: ConnectionSettings): HubConnection;
  /** A connection that was started. */
  connect(settings?: ConnectionSettings): Promise<HubConnection>;
  /** An upload stream. */
  subject(): Subject<unknown>;
  /** The arguments of the calls of a client method, one call after another. */
  calls(connection: HubConnection, target: string): () => Promise<unknown[]>;
  /** The first arguments of the calls of a client method, up to the call with `last`. */
  heard(connection: HubConnection, target: string, last: unknown): Promise<unknown[]>;
  /** The text of the error a connection closes with, `null` when there is none. */
  closed(connection: HubConnection): Promise<string | null>;
  /** The text a promise is rejected with. */
  failure(promise: Promise<unknown>): Promise<string>;
  /** A stream up to its end. */
  drain(stream: IStreamResult<unknown>): Promise<StreamOutcome>;
  /** Stops what was built. */
  end(): Promise<void>;
}

/** One thing a client does, and its outcome on every transport and in every encoding. */
export interface Scenario {
  /** A rule, to be read after "the client". */
  readonly name: string;
  /** The first major version of the client that can do it. */
  readonly since?: number;
  /** The combinations in which it is possible at all. Default: all. */
  readonly where?: (combination: Combination) => boolean;
  readonly run: (kit: Kit) => Promise<unknown>;
  readonly expected: unknown;
}

/** Whether a scenario is for this column of the matrix. */
export function applies({ since = 1, where }: Scenario, combination: Combination): boolean {
  return combination.major >= since && (where === undefined || where(combination));
}

/** Every transport with every encoding it can carry. */
export const WAYS: readonly Pick<Combination, 'transport' | 'protocol'>[] = [
  { transport: 'WebSockets', protocol: 'json' },
  { transport: 'WebSockets', protocol: 'messagepack' },
  { transport: 'ServerSentEvents', protocol: 'json' },
  { transport: 'LongPolling', protocol: 'json' },
  { transport: 'LongPolling', protocol: 'messagepack' },
];
