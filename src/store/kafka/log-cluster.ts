import type { RawRecord } from './log-record';

/** A record as it lies in a log. */
export interface StoredRecord extends RawRecord {
  readonly log: string;
  readonly offset: number;
  /** When it was put there, by the clock of the cluster, milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A log that is to be there. */
export interface LogState {
  /** Tells it from another log that had, or will have, its name. */
  readonly identity: string;
  /** Offsets of the first record that is kept, and behind the last one. */
  readonly start: number;
  readonly end: number;
}

/** Takes what comes from the cluster. */
export interface ClusterListener {
  /**
   * Records of several logs, those of one in order. The next ones may come before what it returns has resolved, those
   * after them not.
   */
  onRecords(records: readonly StoredRecord[]): Promise<void>;
  /** What is followed does not come any more. */
  onFailure(error: unknown): void;
  /** Whether the cluster can be reached has changed, as far as is known; `undefined`: it can. */
  onReachable(failure: Error | undefined): void;
}

/** A cluster that keeps logs. Every log has one order, the same for all who read it. */
export interface LogCluster {
  /** The most bytes of the value of a record. */
  readonly maxRecordBytes: number;

  /** Resolves when it is reached; until then it is tried again and again. */
  connect(listener: ClusterListener): Promise<void>;

  /**
   * Makes a log unless it is there, whose records are kept for ever, or for so many milliseconds; gives how it is.
   * Rejects when the cluster cannot be reached, or will not.
   */
  ensure(log: string, keptFor?: number): Promise<LogState>;

  /** Removes a log; harmless when it is not there. */
  remove(log: string): Promise<void>;

  /** Deletes the records of a log before an offset; harmless when they are gone. Rejects when it cannot. */
  cut(log: string, offset: number): Promise<void>;

  /**
   * Puts a record into a log, behind those that were put before: once, or, after a failure, perhaps again. It goes on
   * trying until it is closed.
   */
  send(log: string, record: RawRecord): void;

  /** Has the records of a log come, from an offset on. */
  follow(log: string, offset: number): void;

  /**
   * Has no more of a log come, if it came, which is to be removed: what was put into it and is not there yet is given
   * up.
   */
  unfollow(log: string): void;

  close(): Promise<void>;
}
