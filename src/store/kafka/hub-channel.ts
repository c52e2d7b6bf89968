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

/** One listener's part in it. */
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
 * What hubs say to each other and forget: through a log that is kept for a minute. Its links have the shape that a
 * SignalR server wants of a backplane.
 */
export class HubChannel {
  readonly #parts: HubChannelParts;
  readonly #links = new Set<Link>();
  readonly #ending = new AbortController();
  #isJoining = false;
  /** Whether the log is followed. */
  #isJoined = false;
  #isReachable = false;
  #isUp = false;

  constructor(parts: HubChannelParts) {
    this.#parts = parts;
  }

  /** Whether the cluster can be reached does not matter: `onUp` tells, never before this has returned. */
  connect(listener: ChannelListener): ChannelLink {
    const link = new Link(listener, {
      publish: (name, frame) => this.#publish(name, frame),
      onClose: () => this.#links.delete(link),
    });
    this.#links.add(link);
    if (this.#isUp)
      queueMicrotask(() => {
        if (this.#isUp) link.tell(true, undefined);
      });
    if (!this.#isJoining) void this.#join();
    return link;
  }

  /** Throws `store_unavailable` while this hub and the others cannot hear each other. */
  probe(): void {
    if (this.#isUp) return;
    throw new WriterHubError('store_unavailable', 'other hubs are not heard, and requests cannot be passed on to them');
  }

  /** What was published is still sent, for as long as the cluster takes it. */
  async close(): Promise<void> {
    this.#ending.abort();
    for (const link of this.#links) link.close();
    await this.#parts.cluster.close();
  }

  #publish(name: string, value: Buffer): boolean {
    if (!this.#isUp || this.#ending.signal.aborted) return false;
    const { cluster, log } = this.#parts;
    cluster.send(log, { key: name, value, headers: [] });
    return true;
  }

  /** Follows the log from what is said next on. */
  async #join(): Promise<void> {
    this.#isJoining = true;
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
      if (value !== null) for (const link of this.#links) link.take(String(key), value);
    }
    return Promise.resolve();
  }

  #tell(reason: Error | undefined): void {
    const isUp = this.#isJoined && this.#isReachable && !this.#ending.signal.aborted;
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    for (const link of this.#links) link.tell(isUp, reason);
  }
}

interface LinkParts {
  publish(name: string, frame: Buffer): boolean;
  onClose(): void;
}

class Link implements ChannelLink {
  readonly #names = new Set<string>();
  #isUp = false;
  #isClosed = false;
  readonly #listener: ChannelListener;
  readonly #parts: LinkParts;

  constructor(listener: ChannelListener, parts: LinkParts) {
    this.#listener = listener;
    this.#parts = parts;
  }

  publish(name: string, frame: Uint8Array): boolean {
    if (this.#isClosed) return false;
    return this.#parts.publish(name, Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
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
    this.#isClosed = true;
    this.#parts.onClose();
  }

  take(name: string, frame: Uint8Array): void {
    if (this.#names.has(name)) this.#listener.onFrame(frame);
  }

  tell(isUp: boolean, reason: Error | undefined): void {
    if (this.#isClosed || isUp === this.#isUp) return;
    this.#isUp = isUp;
    if (isUp) this.#listener.onUp();
    else this.#listener.onDown(reason);
  }
}
