/** The parameters of one run of the clients. */
export interface HostingSpec {
  readonly kind: 'idle' | 'broadcast';
  readonly url: string;
  readonly port: number;
  /** The process of the server; its CPU time is read at both ends of the window. */
  readonly pid: number;
  readonly connections: number;
  /** How many broadcasts are in flight at once. */
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** What an idle connection costs the server, in bytes. */
export interface IdleResult {
  readonly residentPerConnection: number;
  readonly objectsPerConnection: number;
}

/** What all clients together received inside the window. */
export interface BroadcastResult {
  readonly messages: number;
  readonly seconds: number;
  /** CPU microseconds of the server per message. */
  readonly serverCpu: number;
}
