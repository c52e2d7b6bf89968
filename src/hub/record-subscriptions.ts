import type { FeedRecord } from '../feed/feed-record';
import type { Turns } from '../limits/turns';
import type { RawJson, SingleClientProxy } from '../signalr';
import type { EventLog } from '../store/contract/event-log';
import type { Position, StartPoint } from '../store/contract/position';
import { IdPatterns } from './id-patterns';
import { EVERY } from './read-arguments';
import type { SubscribedKind, TopicQuery } from './subscribed-kinds';
import type { Subscriber } from './subscriber';
import type { Places } from './subscription-places';
import { TopicSubscription } from './topic-subscription';
import type { AllTopicsWaiter, TopicWatch } from './topic-watch';

/** What is meant: any of the names may be `*`. */
export interface SubscribedPattern {
  readonly topic: string;
  readonly streamId: string;
  /** Of an event or a parameter. */
  readonly id: string;
}

/** What the subscriptions of all connections share, of whatever kind of records. */
export interface RecordSubscriptionParts {
  readonly log: Pick<EventLog, 'resolve'>;
  readonly watch: TopicWatch;
  /** Each topic of a connection takes a place. */
  readonly followers: Places;
  readonly turns: Turns;
}

/** The connection that subscribes. */
export interface SubscribingConnection {
  readonly holder: string;
  readonly client: SingleClientProxy;
  mayRead(topic: string): boolean;
  /** Ends the connection, which is told why. */
  end(error: unknown): void;
}

/** What one connection has of a topic. */
interface Entry<Query extends TopicQuery, R extends FeedRecord> {
  readonly subscription: TopicSubscription<Query, R>;
  /** Gives its place back. */
  readonly leave: () => void;
}

/** What one connection subscribes to, of one kind of records. */
export class RecordSubscriptions<Query extends TopicQuery, R extends FeedRecord>
  implements Subscriber, AllTopicsWaiter
{
  readonly everywhere = new IdPatterns();
  packagesEverywhere = false;
  #order = 0;
  #isWaitingForAll = false;
  #isClosed = false;
  readonly #topics = new Map<string, Entry<Query, R>>();
  readonly #kind: SubscribedKind<Query, R>;
  readonly #connection: SubscribingConnection;
  readonly #parts: RecordSubscriptionParts;

  constructor(kind: SubscribedKind<Query, R>, connection: SubscribingConnection, parts: RecordSubscriptionParts) {
    this.#kind = kind;
    this.#connection = connection;
    this.#parts = parts;
  }

  get holder(): string {
    return this.#connection.holder;
  }

  has({ topic, streamId, id }: SubscribedPattern): boolean {
    if (topic === EVERY) return this.everywhere.has(streamId, id);
    return this.#topics.get(topic)?.subscription.has(streamId, id) === true;
  }

  hasPackages(topic: string): boolean {
    return topic === EVERY ? this.packagesEverywhere : this.#topics.get(topic)?.subscription.packages === true;
  }

  /** Resolves when what is stored from now on will be sent. */
  async subscribe({ topic, streamId, id }: SubscribedPattern, start: StartPoint): Promise<void> {
    const order = ++this.#order;
    if (topic === EVERY) {
      await this.#waitForAll();
      this.everywhere.add(streamId, id, order);
      return;
    }
    const subscription = await this.#open(topic);
    if (start === 'latest') subscription.patterns.add(streamId, id, order);
    else await subscription.catchUp(streamId, id, order, start);
  }

  async subscribeToPackages(topic: string): Promise<void> {
    if (topic === EVERY) {
      await this.#waitForAll();
      this.packagesEverywhere = true;
    } else {
      (await this.#open(topic)).packages = true;
    }
  }

  /** Returns how many subscriptions have ended, as the others do. */
  unsubscribe({ topic, streamId, id }: SubscribedPattern): number {
    if (topic !== EVERY) return this.#topics.get(topic)?.subscription.remove(streamId, id) ?? 0;
    this.#keepClaims(streamId, id);
    return this.everywhere.remove(streamId, id);
  }

  unsubscribeFromStream(topic: string, streamId: string): number {
    if (topic !== EVERY) return this.#topics.get(topic)?.subscription.removeStream(streamId) ?? 0;
    this.#keepClaims(streamId);
    return this.everywhere.removeStream(streamId);
  }

  unsubscribeFromPackages(topic: string): void {
    const of = this.#topics.get(topic)?.subscription;
    if (topic === EVERY) this.packagesEverywhere = false;
    else if (of !== undefined) of.packages = false;
  }

  /** Leaves what nothing is subscribed to of any more. */
  tidy(): void {
    if (this.#isEverywhere) return;
    if (this.#isWaitingForAll) {
      this.#isWaitingForAll = false;
      this.#parts.watch.stopWaitingForAll(this);
    }
    for (const [topic, { subscription }] of [...this.#topics]) if (subscription.isEmpty) this.#leave(topic);
  }

  /** Leaves topics that may not be read; returns one of them that is subscribed to by name, and is not left. */
  leaveForbidden(): string | undefined {
    for (const [topic, { subscription }] of [...this.#topics]) {
      if (this.#connection.mayRead(topic)) continue;
      if (!subscription.isEmpty) return topic;
      this.#leave(topic);
    }
    return undefined;
  }

  onTopic(topic: string, before: Position | undefined): void {
    if (this.#topics.has(topic) || !this.#connection.mayRead(topic)) return;
    try {
      this.#enter(topic).start(before);
    } catch (error) {
      this.end(error);
    }
  }

  sendRecord(item: RawJson): Promise<unknown> {
    return this.#connection.client.send(this.#kind.callback, item);
  }

  async sendPackages(packages: readonly RawJson[]): Promise<void> {
    for (const each of packages) {
      if (this.#isClosed) return;
      await this.#connection.client.send('PackageReceived', each);
    }
  }

  async turn(): Promise<void> {
    const { turns } = this.#parts;
    if (!turns.mayBegin()) await turns.wait(this.holder, this);
  }

  end(error: unknown): void {
    this.#connection.end(error);
  }

  close(): void {
    this.#isClosed = true;
    this.#parts.watch.stopWaitingForAll(this);
    for (const topic of [...this.#topics.keys()]) this.#leave(topic);
  }

  get #isEverywhere(): boolean {
    return this.everywhere.size > 0 || this.packagesEverywhere;
  }

  #keepClaims(streamId: string, id?: string): void {
    for (const { subscription } of this.#topics.values()) subscription.keepClaims(this.everywhere, streamId, id);
  }

  async #waitForAll(): Promise<void> {
    if (this.#isWaitingForAll) return;
    this.#isWaitingForAll = true;
    await this.#parts.watch.waitForAll(this);
    if (this.#isClosed) this.#parts.watch.stopWaitingForAll(this);
  }

  async #open(topic: string): Promise<TopicSubscription<Query, R>> {
    const subscription = this.#topics.get(topic)?.subscription ?? this.#enter(topic);
    await subscription.open();
    return subscription;
  }

  #enter(topic: string): TopicSubscription<Query, R> {
    const { log, watch, followers } = this.#parts;
    const leave = followers.take(this.holder);
    const onGone = (): void => {
      this.#leave(topic);
    };
    const parts = { kind: this.#kind, log, watch, subscriber: this, onGone };
    const subscription = new TopicSubscription(topic, parts);
    this.#topics.set(topic, { subscription, leave });
    return subscription;
  }

  #leave(topic: string): void {
    const entry = this.#topics.get(topic);
    this.#topics.delete(topic);
    entry?.subscription.close();
    entry?.leave();
  }
}
