import type { LogCluster, StoredRecord } from './log-cluster';
import { pause } from './pause';

/** What is said is of no use any more after so long, milliseconds. */
const KEPT_FOR = 60_000;

/** How long it waits before the cluster is asked again that could not answer, milliseconds. */
const ASK_AGAIN = 1000;

/** What one hub is told. */
export interface ChannelListener {
  /** A frame was published to a name that is subscribed to, by this hub or another. */
  onFrame(frame: Uint8Array): void;
  /** What is published from now on is received. */
  onUp(): void;
  /** Frames may be lost until `onUp` is called. */
  onDown(reason: Error | undefined): void;
}

/** The part of one hub in it. */
export interface ChannelLink {
  /** In order, whatever the names. False: it cannot be published, and is not kept. */
  publish(name: string, frame: Uint8Array): boolean;
  subscribe(name: string): Promise<void>;
  unsubscribe(name: string): Promise<void>;
  close(): void;
}

/**
 * What hubs say to each other and forget: through a log that is kept for a minute. It has the shape that a SignalR
 * server wants of a backplane.
 */
export class HubChannel {
  readonly #cluster: LogCluster;
  readonly #log: string;
  readonly #links = new Set<Link>();

  /** `cluster`: one of its own, which is not held up by what a view carries out. */
  constructor(cluster: LogCluster, log: string) {
    this.#cluster = cluster;
    this.#log = log;
  }

  /** Called once. Whether the cluster can be reached does not matter: `onUp` tells. */
  connect(listener: ChannelListener): ChannelLink {
    const link = new Link(this.#cluster, this.#log, listener);
    this.#links.add(link);
    return link;
  }

  /** What was published is still sent, for as long as the cluster takes it. */
  async close(): Promise<void> {
    for (const link of this.#links) link.close();
    await this.#cluster.close();
  }
}

class Link implements ChannelLink {
  readonly #names = new Set<string>();
  readonly #ending = new AbortController();
  /** Whether the log is followed. */
  #isJoined = false;
  #isReachable = false;
  #isUp = false;
  readonly #cluster: LogCluster;
  readonly #log: string;
  readonly #listener: ChannelListener;

  constructor(cluster: LogCluster, log: string, listener: ChannelListener) {
    this.#cluster = cluster;
    this.#log = log;
    this.#listener = listener;
    void this.#join();
  }

  publish(name: string, frame: Uint8Array): boolean {
    if (!this.#isUp || this.#ending.signal.aborted) return false;
    const value = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
    this.#cluster.send(this.#log, { key: name, value, headers: [] });
    return true;
  }

  subscribe(name: string): Promise<void> {
    this.#names.add(name);
    return Promise.resolve();
  }

  unsubscribe(name: string): Promise<void> {
    this.#names.delete(name);
    return Promise.resolve();
  }

  close(): void {
    this.#ending.abort();
  }

  async #join(): Promise<void> {
    try {
      await this.#cluster.connect({
        onRecords: (records) => this.#take(records),
        onFailure: (error) => {
          this.#isJoined = false;
          this.#tell(error as Error);
        },
        onReachable: (failure) => {
          this.#isReachable = failure === undefined;
          this.#tell(failure);
        },
      });
      await this.#follow();
    } catch (error) {
      this.#tell(error as Error);
    }
  }

  /** From what is said next on. */
  async #follow(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      try {
        const { end } = await this.#cluster.ensure(this.#log, KEPT_FOR);
        this.#cluster.follow(this.#log, end);
        this.#isJoined = true;
        this.#tell(undefined);
        return;
      } catch (error) {
        this.#tell(error as Error);
        await pause(ASK_AGAIN, this.#ending.signal);
      }
    }
  }

  #take(records: readonly StoredRecord[]): Promise<void> {
    for (const { key, value } of records) {
      if (value !== null && this.#names.has(String(key)) && !this.#ending.signal.aborted) this.#listener.onFrame(value);
    }
    return Promise.resolve();
  }

  #tell(reason: Error | undefined): void {
    const isUp = this.#isJoined && this.#isReachable && !this.#ending.signal.aborted;
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    if (this.#ending.signal.aborted) return;
    if (isUp) this.#listener.onUp();
    else this.#listener.onDown(reason);
  }
}
