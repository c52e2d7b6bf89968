/** Who writes to the topic, and at what rate. */
export interface WriterSpec {
  readonly port: number;
  readonly token: string;
  readonly topic: string;
  readonly eventsPerSecond: number;
  readonly durationMs: number;
}

export interface WriterResult {
  /** Events that were acknowledged, and in how many seconds. */
  readonly events: number;
  readonly seconds: number;
  /** When each batch was acknowledged: milliseconds of the clock that all processes have. */
  readonly acknowledgedAt: Readonly<Record<string, number>>;
}

/** How readers are told what comes: Server-Sent Events, or the bare server's WebSocket. */
export type ReaderKind = 'sse' | 'bare';

export interface ReadersSpec {
  readonly kind: ReaderKind;
  readonly port: number;
  readonly token: string;
  readonly topic: string;
  readonly readers: number;
  /** The process of the server; its CPU time is read at both ends of the window. */
  readonly pid: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

export interface ReadersResult {
  readonly deliveries: number;
  readonly seconds: number;
  /** CPU microseconds of the server within the window, for whatever it did. */
  readonly serverCpu: number;
  /** Of some of the readers: when the last event of each batch had arrived. */
  readonly arrivedAt: readonly Readonly<Record<string, number>>[];
}

/** Milliseconds of a clock that all processes of a machine have. */
export function commonTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
