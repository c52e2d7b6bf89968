/** What one run of the clients does. */
export interface HostingSpec {
  readonly kind: 'idle' | 'broadcast';
  readonly url: string;
  readonly port: number;
  /** The server's process: its CPU time is read at both ends of the window. */
  readonly pid: number;
  readonly connections: number;
  /** How many broadcasts are on their way at once. */
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** What idle connections cost their server, in bytes each. */
export interface IdleResult {
  readonly residentPerConnection: number;
  readonly objectsPerConnection: number;
}

/** What all clients together heard inside the window. */
export interface BroadcastResult {
  readonly messages: number;
  readonly seconds: number;
  /** CPU microseconds of the server a message. */
  readonly serverCpu: number;
}
