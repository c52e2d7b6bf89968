import type { FeedRecord } from '../feed/feed-record';
import type { Position } from '../store/contract/position';
import type { SubscribedKind, TopicQuery, Wanted } from './subscribed-kinds';
import type { Subscriber } from './subscriber';

/** Records that are sent before others have their turn. */
const AT_ONCE = 32;

/** What a reader sends. */
export interface Sending {
  /** What the client is to get from this reader. */
  readonly wanted: Wanted;
  /** Whether it gets packages too. */
  readonly packages: boolean;
  /** The reader has come further. */
  onPosition(): void;
}

/** Sends a client what it wants of a topic, as fast as the client takes it. */
export class SubscribedReader<Query extends TopicQuery, R extends FeedRecord> {
  #position: Position | undefined;
  #hasBegun = false;
  readonly #ending = new AbortController();
  readonly #kind: SubscribedKind<Query, R>;
  readonly #subscriber: Subscriber;
  readonly #sending: Sending;

  constructor(kind: SubscribedKind<Query, R>, subscriber: Subscriber, sending: Sending) {
    this.#kind = kind;
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
  async run(query: Query): Promise<void> {
    const { holder } = this.#subscriber;
    for await (const item of this.#kind.feed.follow(query, { signal: this.#ending.signal, holder })) {
      this.#hasBegun = true;
      this.#position = undefined;
      if (item.kind === 'events') await this.#send(item.events);
      if (this.isStopped) return;
      this.#position = item.position;
      this.#sending.onPosition();
    }
  }

  async #send(records: readonly R[]): Promise<void> {
    const { wanted, packages } = this.#sending;
    const [kind, subscriber] = [this.#kind, this.#subscriber];
    if (packages) {
      await subscriber.turn();
      if (!this.isStopped) await subscriber.sendPackages(kind.packages(records));
    }
    let sent = 0;
    for (const record of records) {
      let item = kind.select(record, wanted);
      if (item === undefined) continue;
      if (sent++ % AT_ONCE === 0) {
        await subscriber.turn();
        // It may have been unsubscribed meanwhile.
        item = kind.select(record, wanted);
      }
      if (this.isStopped) return;
      if (item !== undefined) await subscriber.sendRecord(item);
    }
  }
}
