import type { Feed, FollowQuery } from '../feed/feed';
import type { FeedEvent } from '../feed/feed-event';
import type { Position } from '../store/contract/position';
import type { Subscriber } from './subscriber';

/** Events that are sent before others have their turn. */
const AT_ONCE = 32;

/** Whose events a reader sends. */
export interface Sending {
  /** Whether the client is to get an event from this reader. */
  wants(event: FeedEvent): boolean;
  /** Whether it gets packages too. */
  readonly packages: boolean;
  /** The reader has come further. */
  onPosition(): void;
}

/** Sends a client what it wants of a topic, as fast as the client takes it. */
export class SubscribedReader {
  #position: Position | undefined;
  #hasBegun = false;
  readonly #ending = new AbortController();
  readonly #feed: Pick<Feed, 'follow'>;
  readonly #subscriber: Subscriber;
  readonly #sending: Sending;

  constructor(feed: Pick<Feed, 'follow'>, subscriber: Subscriber, sending: Sending) {
    this.#feed = feed;
    this.#subscriber = subscriber;
    this.#sending = sending;
  }

  /** Up to where it has sent everything; `undefined` while it sends. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Whether it could read. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  get isStopped(): boolean {
    return this.#ending.signal.aborted;
  }

  /** Sends nothing more. */
  stop(): void {
    this.#ending.abort();
  }

  /** Resolves when it was stopped or the server stops. Rejects as `Feed.follow`. */
  async run(query: FollowQuery): Promise<void> {
    const { holder } = this.#subscriber;
    for await (const item of this.#feed.follow(query, { signal: this.#ending.signal, holder })) {
      this.#hasBegun = true;
      this.#position = undefined;
      if (item.kind === 'events') await this.#send(item.events);
      if (this.isStopped) return;
      this.#position = item.position;
      this.#sending.onPosition();
    }
  }

  async #send(events: readonly FeedEvent[]): Promise<void> {
    const subscriber = this.#subscriber;
    if (this.#sending.packages) {
      await subscriber.turn();
      if (!this.isStopped) await subscriber.sendPackages(events);
    }
    let sent = 0;
    for (const event of events) {
      if (!this.#sending.wants(event)) continue;
      if (sent++ % AT_ONCE === 0) await subscriber.turn();
      if (this.isStopped) return;
      // It may have been unsubscribed meanwhile.
      if (this.#sending.wants(event)) await subscriber.sendEvent(event);
    }
  }
}
