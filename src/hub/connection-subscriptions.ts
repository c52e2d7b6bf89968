import type { Principal } from '../auth/principal';
import { lacksScope, WriterHubError } from '../errors';
import type { Feed } from '../feed/feed';
import type { FeedEvent } from '../feed/feed-event';
import type { Followers } from '../limits/followers';
import type { HeldBytes } from '../limits/held-bytes';
import type { Turns } from '../limits/turns';
import type { HubContext, SingleClientProxy } from '../signalr';
import type { EventLog } from '../store/contract/event-log';
import type { Position, StartPoint } from '../store/contract/position';
import { IdPatterns } from './id-patterns';
import type { HubCallers } from './hub-callers';
import { EVERY } from './read-arguments';
import type { ReaderItems } from './reader-items';
import type { Subscriber } from './subscriber';
import { InOrder } from './subscription-places';
import { TopicSubscription } from './topic-subscription';
import type { AllTopicsWaiter, TopicWatch } from './topic-watch';

/** Memory of one subscription, about. */
const SUBSCRIPTION_BYTES = 1024;

/** What the subscriptions of all connections share. */
export interface SubscriptionParts {
  readonly feed: Pick<Feed, 'follow'>;
  readonly log: Pick<EventLog, 'resolve'>;
  readonly watch: TopicWatch;
  readonly items: ReaderItems;
  readonly followers: Followers;
  readonly held: HeldBytes;
  readonly turns: Turns;
  readonly callers: HubCallers;
  /** How many subscriptions one connection may have. */
  readonly maxSubscriptions: number;
  readonly onStrike: (holder: string) => void;
  /** Ends the connection, which is told why. */
  close(connectionId: string, error: unknown): void;
}

/** Which events are meant: any of the names may be `*`. */
export interface EventPattern {
  readonly topic: string;
  readonly streamId: string;
  readonly id: string;
}

/** What one connection has of a topic. */
interface Entry {
  readonly subscription: TopicSubscription;
  /** Gives its place back. */
  readonly leave: () => void;
}

/** All that one connection subscribes to. */
export class ConnectionSubscriptions implements Subscriber, AllTopicsWaiter {
  readonly holder: string;
  readonly everywhere = new IdPatterns();
  packagesEverywhere = false;
  /** How many subscriptions there are. */
  #count = 0;
  #order = 0;
  #principal: Principal;
  #isWaitingForAll = false;
  #isClosed = false;
  readonly #topics = new Map<string, Entry>();
  #stopWatching: () => void;
  readonly #acts = new InOrder();
  readonly #connectionId: string;
  readonly #client: SingleClientProxy;
  readonly #parts: SubscriptionParts;

  constructor({ connectionId, principal, caller }: HubContext<Principal>, parts: SubscriptionParts) {
    this.holder = principal.holder;
    this.#principal = principal;
    this.#connectionId = connectionId;
    this.#client = caller;
    this.#parts = parts;
    this.#stopWatching = this.#watch(principal);
  }

  get count(): number {
    return this.#count;
  }

  /** The rights of the request that comes now. */
  renew(principal: Principal): void {
    if (principal === this.#principal || this.#isClosed) return;
    this.#principal = principal;
    this.#stopWatching();
    this.#stopWatching = this.#watch(principal);
    this.#parts.watch.tellAgain();
  }

  /** Does one thing after another: each finds what the one before has made. */
  inOrder(act: () => Promise<void> | void): Promise<void> {
    return this.#acts.run(act);
  }

  /** Resolves when what is stored from now on will be sent. What is subscribed to already stays as it is. */
  async subscribe({ topic, streamId, id }: EventPattern, start: StartPoint): Promise<void> {
    if (topic === EVERY ? this.everywhere.has(streamId, id) : this.#topics.get(topic)?.subscription.has(streamId, id)) {
      return;
    }
    await this.#add(async () => {
      const order = ++this.#order;
      if (topic === EVERY) {
        await this.#waitForAll();
        this.everywhere.add(streamId, id, order);
        return;
      }
      const subscription = await this.#open(topic);
      if (start === 'latest') subscription.patterns.add(streamId, id, order);
      else await subscription.catchUp(streamId, id, order, start);
    }, topic);
  }

  async subscribeToPackages(topic: string): Promise<void> {
    if (topic === EVERY ? this.packagesEverywhere : this.#topics.get(topic)?.subscription.packages) return;
    await this.#add(async () => {
      if (topic === EVERY) {
        await this.#waitForAll();
        this.packagesEverywhere = true;
      } else {
        (await this.#open(topic)).packages = true;
      }
    }, topic);
  }

  unsubscribe({ topic, streamId, id }: EventPattern): void {
    if (topic === EVERY) this.#keepClaims(streamId, id);
    const removed =
      topic === EVERY
        ? this.everywhere.remove(streamId, id)
        : (this.#topics.get(topic)?.subscription.remove(streamId, id) ?? 0);
    this.#removed(removed);
  }

  unsubscribeFromStream(topic: string, streamId: string): void {
    if (topic === EVERY) this.#keepClaims(streamId);
    const removed =
      topic === EVERY
        ? this.everywhere.removeStream(streamId)
        : (this.#topics.get(topic)?.subscription.removeStream(streamId) ?? 0);
    this.#removed(removed);
  }

  unsubscribeFromPackages(topic: string): void {
    const of = topic === EVERY ? undefined : this.#topics.get(topic)?.subscription;
    const had = topic === EVERY ? this.packagesEverywhere : of?.packages === true;
    if (topic === EVERY) this.packagesEverywhere = false;
    else if (of !== undefined) of.packages = false;
    this.#removed(had ? 1 : 0);
  }

  onTopic(topic: string, before: Position | undefined): void {
    if (this.#topics.has(topic) || !this.#principal.scopes.mayRead(topic)) return;
    try {
      this.#enter(topic).start(before);
    } catch (error) {
      this.end(error);
    }
  }

  sendEvent(event: FeedEvent): Promise<unknown> {
    return this.#client.send('EventDataReceived', event.framed(this.#parts.items.event));
  }

  async sendPackages(events: readonly FeedEvent[]): Promise<void> {
    for (const each of this.#parts.items.packages(events)) {
      if (this.#isClosed) return;
      await this.#client.send('PackageReceived', each);
    }
  }

  async turn(): Promise<void> {
    const { turns } = this.#parts;
    if (!turns.mayBegin()) await turns.wait(this.holder, this);
  }

  end(error: unknown): void {
    if (this.#isClosed) return;
    this.close();
    this.#parts.close(this.#connectionId, error);
  }

  /** The connection has ended. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopWatching();
    this.#parts.watch.stopWaitingForAll(this);
    for (const topic of [...this.#topics.keys()]) this.#leave(topic);
    this.#parts.held.release(this.holder, this.#count * SUBSCRIPTION_BYTES);
    this.#count = 0;
  }

  /** Counts a subscription, and takes that back when it fails. */
  async #add(subscribe: () => Promise<void>, topic: string): Promise<void> {
    const { held, maxSubscriptions, onStrike } = this.#parts;
    if (this.#count >= maxSubscriptions) {
      onStrike(this.holder);
      throw new WriterHubError(
        'over_share',
        `the connection has ${maxSubscriptions} subscriptions, which is what one may have; see WRITER_HUB_MAX_SUBSCRIPTIONS`,
      );
    }
    held.take(this.holder, SUBSCRIPTION_BYTES);
    this.#count += 1;
    try {
      await subscribe();
    } catch (error) {
      this.#removed(1);
      this.#leaveIfEmpty(topic);
      throw error;
    }
  }

  #removed(count: number): void {
    if (this.#isClosed || count === 0) return;
    this.#count -= count;
    this.#parts.held.release(this.holder, count * SUBSCRIPTION_BYTES);
    const isEverywhere = this.everywhere.size > 0 || this.packagesEverywhere;
    if (!isEverywhere && this.#isWaitingForAll) {
      this.#isWaitingForAll = false;
      this.#parts.watch.stopWaitingForAll(this);
    }
    for (const topic of [...this.#topics.keys()]) this.#leaveIfEmpty(topic);
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

  async #open(topic: string): Promise<TopicSubscription> {
    const subscription = this.#topics.get(topic)?.subscription ?? this.#enter(topic);
    await subscription.open();
    return subscription;
  }

  #enter(topic: string): TopicSubscription {
    const { feed, log, watch, followers } = this.#parts;
    const leave = followers.take(this.holder);
    const onGone = (): void => {
      this.#leave(topic);
    };
    const subscription = new TopicSubscription(topic, { feed, log, watch, subscriber: this, onGone });
    this.#topics.set(topic, { subscription, leave });
    return subscription;
  }

  #leave(topic: string): void {
    const entry = this.#topics.get(topic);
    this.#topics.delete(topic);
    entry?.subscription.close();
    entry?.leave();
  }

  /** A topic is left when nothing of it is subscribed to. */
  #leaveIfEmpty(topic: string): void {
    const isEverywhere = this.everywhere.size > 0 || this.packagesEverywhere;
    if (!isEverywhere && this.#topics.get(topic)?.subscription.isEmpty === true) this.#leave(topic);
  }

  #watch(principal: Principal): () => void {
    return this.#parts.callers.watch(this.#connectionId, principal, {
      onEnd: (error) => {
        this.end(error);
      },
      onRights: (renewed) => {
        this.#reconsider(renewed);
      },
    });
  }

  /** There are other rights from now on. */
  #reconsider(principal: Principal): void {
    this.#principal = principal;
    for (const [topic, { subscription }] of [...this.#topics]) {
      if (principal.scopes.mayRead(topic)) continue;
      if (!subscription.isEmpty) {
        this.end(lacksScope(`read:${topic}`));
        return;
      }
      this.#leave(topic);
    }
    this.#parts.watch.tellAgain();
  }
}
