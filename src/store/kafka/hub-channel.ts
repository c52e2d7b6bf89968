import { WriterHubError } from '../../errors';
import { askForLog } from './ask-for-log';
import type { LogCluster, StoredRecord } from './log-cluster';

/** What is said is of no use any more after so long, milliseconds. */
const KEPT_FOR = 60_000;

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

/** What a channel is made of. */
export interface HubChannelParts {
  /** One of its own, which is not held up by what a view carries out. */
  readonly cluster: LogCluster;
  /** The log that it goes through. */
  readonly log: string;
  /** Called when hubs will not hear each other until this one is started again. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * What hubs say to each other and forget: through a log that is kept for a minute. It has the shape that a SignalR
 * server wants of a backplane.
 */
export class HubChannel {
  readonly #parts: HubChannelParts;
  #link: Link | undefined;

  constructor(parts: HubChannelParts) {
    this.#parts = parts;
  }

  /** Called once. Whether the cluster can be reached does not matter: `onUp` tells. */
  connect(listener: ChannelListener): ChannelLink {
    this.#link = new Link(this.#parts, listener);
    return this.#link;
  }

  /** Throws `store_unavailable` while this hub and the others cannot hear each other. */
  probe(): void {
    if (this.#link?.isUp === true) return;
    throw new WriterHubError('store_unavailable', 'other hubs are not heard, and requests cannot be passed on to them');
  }

  /** What was published is still sent, for as long as the cluster takes it. */
  async close(): Promise<void> {
    this.#link?.close();
    await this.#parts.cluster.close();
  }
}

class Link implements ChannelLink {
  readonly #names = new Set<string>();
  readonly #ending = new AbortController();
  /** Whether the log is followed. */
  #isJoined = false;
  #isReachable = false;
  #isUp = false;
  readonly #parts: HubChannelParts;
  readonly #listener: ChannelListener;

  constructor(parts: HubChannelParts, listener: ChannelListener) {
    this.#parts = parts;
    this.#listener = listener;
    void this.#join();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  publish(name: string, frame: Uint8Array): boolean {
    if (!this.#isUp || this.#ending.signal.aborted) return false;
    const value = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
    const { cluster, log } = this.#parts;
    cluster.send(log, { key: name, value, headers: [] });
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

  /** Follows the log from what is said next on. */
  async #join(): Promise<void> {
    const { cluster, log } = this.#parts;
    try {
      await cluster.connect({
        onRecords: (records) => this.#take(records),
        onFailure: (error) => {
          this.#fail(error);
        },
        onReachable: (failure) => {
          this.#isReachable = failure === undefined;
          this.#tell(failure);
        },
      });
      const { end } = await askForLog(cluster, log, this.#ending.signal, KEPT_FOR);
      cluster.follow(log, end);
      this.#isJoined = true;
      this.#tell(undefined);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** It will not go on. */
  #fail(error: unknown): void {
    if (this.#ending.signal.aborted) return;
    this.#isJoined = false;
    this.#parts.onFailure(error);
    this.#tell(error as Error);
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
