/** What one run of the load generator does. */
export interface LoadSpec {
  readonly door: 'hub' | 'http' | 'rows';
  readonly port: number;
  /** The server's process: its CPU time is read at both ends of the window. */
  readonly pid: number;
  readonly token: string;
  readonly topic: string;
  readonly connections: number;
  /** Streams the connections write to, in turn. */
  readonly streams: number;
  /** Batches without an answer on each connection; 1 over HTTP. */
  readonly inFlight: number;
  /** Events of a batch, at most 1000. */
  readonly batch: number;
  /** Whether timestamps jump about instead of ascending. */
  readonly shuffled: boolean;
  /** Whether rows are acknowledged after the commit. */
  readonly wait?: boolean;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** What it saw. */
export interface LoadResult {
  /** Events acknowledged inside the window, and how long it really was. */
  readonly events: number;
  readonly seconds: number;
  /** Of a batch as it is sent, without the head of a request. */
  readonly batchBytes: number;
  /** Time from sending a batch to its acknowledgement, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU time inside the window, microseconds. */
  readonly serverCpu: number;
  readonly loadCpu: number;
  /** Events acknowledged from first to last, by stream. */
  readonly acknowledged: Readonly<Record<string, number>>;
  /** Batches answered with an error, and the first such answer. */
  readonly refused: number;
  readonly refusal?: string;
}
