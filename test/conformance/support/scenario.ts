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

/** What a scenario may ask of a connection. */
export interface ConnectionSettings {
  /** The name the client comes in by. Default `ann`. */
  readonly token?: string;
  /** Default: the hub of the test. */
  readonly url?: string;
  /** Milliseconds before each attempt to come back. Default: it does not come back by itself. */
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
 * All that a scenario may use: a scenario and what makes its kit are sent into a browser page as text, so neither may name
 * anything that is not handed to it.
 */
export interface Kit extends Combination {
  /** A name no other scenario has. */
  readonly key: string;
  /** Addresses of hubs that behave in a way of their own. */
  readonly urls: Readonly<Record<'redirecting' | 'limited', string>>;
  build(settings?: ConnectionSettings): HubConnection;
  /** A connection that was started. */
  connect(settings?: ConnectionSettings): Promise<HubConnection>;
  /** An upload stream. */
  subject(): Subject<unknown>;
  /** Calls of a client method, one after the other, as their arguments. */
  calls(connection: HubConnection, target: string): () => Promise<unknown[]>;
  /** First arguments of the calls of a client method, up to the one that is `last`. */
  heard(connection: HubConnection, target: string, last: unknown): Promise<unknown[]>;
  /** The text of the error a connection closes with, `null` when there is none. */
  closed(connection: HubConnection): Promise<string | null>;
  /** The text a promise is rejected with. */
  failure(promise: Promise<unknown>): Promise<string>;
  /** A stream to its end. */
  drain(stream: IStreamResult<unknown>): Promise<StreamOutcome>;
  /** Stops what was built. */
  end(): Promise<void>;
}

/** One thing a client does, and what must come of it on every transport and in every encoding. */
export interface Scenario {
  /** A rule, to be read behind "the client". */
  readonly name: string;
  /** The first major version of the client that can do it. */
  readonly since?: number;
  /** Where it can be done at all. Default: everywhere. */
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
