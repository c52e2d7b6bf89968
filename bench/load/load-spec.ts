/** The parameters of one run of the load generator. */
export interface LoadSpec {
  readonly entryPoint: 'hub' | 'http' | 'rows';
  readonly port: number;
  /** The process of the server; its CPU time is read at both ends of the window. */
  readonly pid: number;
  readonly token: string;
  readonly topic: string;
  readonly connections: number;
  /** The number of streams; connections are spread over them. */
  readonly streams: number;
  /** Unanswered batches on each connection; 1 over HTTP. */
  readonly inFlight: number;
  /** Events per batch, at most 1000; or samples per package, of so many parameters. */
  readonly batch: number;
  readonly parameters?: number;
  /** Whether timestamps are in random order instead of ascending. */
  readonly shuffled: boolean;
  /** Whether rows are acknowledged after the commit. */
  readonly wait?: boolean;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** The result of one run. */
export interface LoadResult {
  /** Events acknowledged inside the window, and its actual length. */
  readonly events: number;
  readonly seconds: number;
  /** The size of a batch as it is sent, without the head of a request. */
  readonly batchBytes: number;
  /** Time from sending a batch to its acknowledgement, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** CPU time inside the window, microseconds. */
  readonly serverCpu: number;
  readonly loadCpu: number;
  /** All acknowledged events, also those outside the window, by stream. */
  readonly acknowledged: Readonly<Record<string, number>>;
  /** Batches answered with an error, and the first such answer. */
  readonly refused: number;
  readonly refusal?: string;
}
