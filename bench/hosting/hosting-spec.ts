/** What the clients of a run do. */
export type HostingKind = 'idle' | 'echo' | 'broadcast' | 'stream';

/** The parameters of one run of the clients. */
export interface HostingSpec {
  readonly kind: HostingKind;
  readonly url: string;
  readonly port: number;
  /** The process of the server; its CPU time is read at both ends of the window. */
  readonly pid: number;
  readonly connections: number;
  /** How many broadcasts, or invocations of a connection, are in flight at once. */
  readonly inFlight: number;
  /** How many items a stream has. */
  readonly items: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** What an idle connection costs the server, in bytes. */
export interface IdleResult {
  readonly residentPerConnection: number;
  readonly objectsPerConnection: number;
}

/** What all clients together received inside the window. */
export interface TrafficResult {
  /** Answers, deliveries or items. */
  readonly messages: number;
  readonly seconds: number;
  /** CPU microseconds of the server per message. */
  readonly serverCpu: number;
  /** Of an answer, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}
