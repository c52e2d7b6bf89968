import { randomBytes } from 'node:crypto';
import type { ClusterListener, LogCluster, LogState, StoredRecord } from '../../../../src/store/kafka/log-cluster';
import type { RawRecord } from '../../../../src/store/kafka/log-record';

interface MemoryLog {
  readonly identity: string;
  /** From `start` on. */
  records: StoredRecord[];
  start: number;
}

/** Logs in memory, for as many stores as there are: what is of Kafka itself is tried with a real cluster. */
export class MemoryLogs {
  /** When a record is put into one, milliseconds since the Unix epoch. */
  now = (): number => Date.now();
  readonly #logs = new Map<string, MemoryLog>();
  readonly #hubs = new Set<MemoryCluster>();

  /** What one store has of them; a record has a value of so many bytes at the most. */
  newCluster(maxRecordBytes?: number): MemoryCluster {
    const cluster = new MemoryCluster(this, maxRecordBytes);
    this.#hubs.add(cluster);
    return cluster;
  }

  get names(): string[] {
    return [...this.#logs.keys()];
  }

  startOf(log: string): number {
    return this.ensure(log).start;
  }

  endOf(log: string): number {
    const { start, records } = this.ensure(log);
    return start + records.length;
  }

  ensure(log: string): MemoryLog {
    const found = this.#logs.get(log) ?? { identity: randomBytes(9).toString('base64url'), records: [], start: 0 };
    this.#logs.set(log, found);
    return found;
  }

  remove(log: string): void {
    this.#logs.delete(log);
  }

  cut(log: string, offset: number): void {
    const found = this.ensure(log);
    found.records = found.records.filter((record) => record.offset >= offset);
    found.start = Math.max(found.start, offset);
  }

  append(log: string, record: RawRecord): void {
    const { records, start } = this.ensure(log);
    const { key, value, headers } = record;
    // As they come from a cluster: bytes.
    const read = headers.map((header) =>
      Object.fromEntries(Object.entries(header).map(([name, text]) => [name, Buffer.from(text as string)])),
    );
    const bytes = key === null ? null : Buffer.from(key as string);
    records.push({ log, offset: start + records.length, at: this.now(), key: bytes, value, headers: read });
    for (const hub of this.#hubs) hub.wake();
  }

  /** Has every store read again what is there now. */
  leave(cluster: MemoryCluster): void {
    this.#hubs.delete(cluster);
  }
}

/** One store's way to the logs. */
export class MemoryCluster implements LogCluster {
  readonly maxRecordBytes: number;
  readonly #followed = new Map<string, number>();
  #listener: ClusterListener | undefined;
  #isTaking = false;
  #isHeld = false;
  #isClosed = false;
  readonly #logs: MemoryLogs;

  constructor(logs: MemoryLogs, maxRecordBytes = 64 * 1024 * 1024) {
    this.#logs = logs;
    this.maxRecordBytes = maxRecordBytes;
  }

  connect(listener: ClusterListener): Promise<void> {
    this.#listener = listener;
    listener.onReachable(undefined);
    return Promise.resolve();
  }

  /** Says that the cluster can be reached no more, or again. */
  tellReachable(failure: Error | undefined): void {
    this.#listener?.onReachable(failure);
  }

  ensure(log: string): Promise<LogState> {
    const { identity, records, start } = this.#logs.ensure(log);
    return Promise.resolve({ identity, start, end: start + records.length });
  }

  remove(log: string): Promise<void> {
    this.#logs.remove(log);
    return Promise.resolve();
  }

  cut(log: string, offset: number): Promise<void> {
    this.#logs.cut(log, offset);
    return Promise.resolve();
  }

  send(log: string, record: RawRecord): void {
    this.#logs.append(log, record);
  }

  follow(log: string, offset: number): void {
    this.#followed.set(log, offset);
    this.wake();
  }

  unfollow(log: string): void {
    this.#followed.delete(log);
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#logs.leave(this);
    return Promise.resolve();
  }

  /** From now on nothing comes. */
  hold(): void {
    this.#isHeld = true;
  }

  letGo(): void {
    this.#isHeld = false;
    this.wake();
  }

  wake(): void {
    if (this.#isTaking || this.#isClosed || this.#isHeld) return;
    this.#isTaking = true;
    void this.#take();
  }

  async #take(): Promise<void> {
    for (let records = this.#next(); records.length > 0 && !this.#isClosed; records = this.#next()) {
      try {
        await this.#listener?.onRecords(records);
      } catch (error) {
        this.#listener?.onFailure(error);
        return;
      }
    }
    this.#isTaking = false;
  }

  #next(): StoredRecord[] {
    const all: StoredRecord[] = [];
    for (const [log, offset] of this.#followed) {
      const { records, start } = this.#logs.ensure(log);
      // As Kafka's client does that finds nothing there: from the first one on.
      all.push(...records.slice(Math.max(0, offset - start)));
      this.#followed.set(log, start + records.length);
    }
    return all;
  }
}
