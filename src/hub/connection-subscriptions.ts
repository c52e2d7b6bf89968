import type { Principal } from '../auth/principal';
import { lacksScope, WriterHubError } from '../errors';
import type { FollowQuery } from '../feed/feed';
import type { FeedEvent } from '../feed/feed-event';
import type { FeedPackage } from '../feed/feed-package';
import type { PackageFollowQuery } from '../feed/package-feed';
import type { HeldBytes } from '../limits/held-bytes';
import type { HubContext, SingleClientProxy } from '../signalr';
import type { StartPoint } from '../store/contract/position';
import {
  type DefinitionPattern,
  DefinitionSubscriptions,
  type DefinitionSubscriptionParts,
} from './definition-subscriptions';
import type { HubCallers } from './hub-callers';
import {
  type RecordSubscriptionParts,
  RecordSubscriptions,
  type SubscribedPattern,
  type SubscribingConnection,
} from './record-subscriptions';
import type { EventKind, ParameterKind } from './subscribed-kinds';
import { InOrder } from './subscription-places';

/** Memory of one subscription, about. */
const SUBSCRIPTION_BYTES = 1024;

/** What the subscriptions of all connections share. */
export interface SubscriptionParts extends RecordSubscriptionParts, DefinitionSubscriptionParts {
  readonly kinds: { readonly events: EventKind; readonly parameters: ParameterKind };
  readonly held: HeldBytes;
  readonly callers: HubCallers;
  /** How many subscriptions one connection may have; it may change. */
  readonly limits: { readonly maxSubscriptions: number };
  readonly onStrike: (holder: string) => void;
  /** Ends the connection, which is told why. */
  close(connectionId: string, error: unknown): void;
}

/** What can be subscribed to by ids. */
export type RecordKind = keyof SubscriptionParts['kinds'];

/** All that one connection subscribes to. */
export class ConnectionSubscriptions implements SubscribingConnection {
  readonly holder: string;
  readonly client: SingleClientProxy;
  /** How many subscriptions there are. */
  #count = 0;
  #principal: Principal;
  #isClosed = false;
  #stopWatching: () => void;
  readonly #records: {
    readonly events: RecordSubscriptions<FollowQuery, FeedEvent>;
    readonly parameters: RecordSubscriptions<PackageFollowQuery, FeedPackage>;
  };
  readonly #definitions: DefinitionSubscriptions;
  readonly #acts = new InOrder();
  readonly #connectionId: string;
  readonly #parts: SubscriptionParts;

  constructor({ connectionId, principal, caller }: HubContext<Principal>, parts: SubscriptionParts) {
    this.holder = principal.holder;
    this.client = caller;
    this.#principal = principal;
    this.#connectionId = connectionId;
    this.#parts = parts;
    this.#records = {
      events: new RecordSubscriptions(parts.kinds.events, this, parts),
      parameters: new RecordSubscriptions(parts.kinds.parameters, this, parts),
    };
    this.#definitions = new DefinitionSubscriptions(this, parts);
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

  mayRead(topic: string): boolean {
    return this.#principal.scopes.mayRead(topic);
  }

  /** Does one thing after another: each finds what the one before has made. */
  inOrder(act: () => Promise<void> | void): Promise<void> {
    return this.#acts.run(() => (this.#isClosed ? undefined : act()));
  }

  /** Resolves when what is stored from now on will be sent. What is subscribed to already stays as it is. */
  async subscribe(kind: RecordKind, pattern: SubscribedPattern, start: StartPoint): Promise<void> {
    const records = this.#records[kind];
    if (!records.has(pattern)) await this.#add(() => records.subscribe(pattern, start));
  }

  /** Packages of events, and of parameter data. */
  async subscribeToPackages(topic: string): Promise<void> {
    const { events, parameters } = this.#records;
    if (events.hasPackages(topic)) return;
    await this.#add(async () => {
      try {
        await parameters.subscribeToPackages(topic);
        await events.subscribeToPackages(topic);
      } catch (error) {
        this.#leavePackages(topic);
        throw error;
      }
    });
  }

  async subscribeToDefinitions(pattern: DefinitionPattern): Promise<void> {
    if (!this.#definitions.has(pattern)) await this.#add(() => this.#definitions.subscribe(pattern));
  }

  unsubscribe(kind: RecordKind, pattern: SubscribedPattern): void {
    this.#removed(this.#records[kind].unsubscribe(pattern));
  }

  unsubscribeFromStream(topic: string, streamId: string): void {
    const { events, parameters } = this.#records;
    const subscribed = [events, parameters, this.#definitions];
    this.#removed(subscribed.reduce((count, each) => count + each.unsubscribeFromStream(topic, streamId), 0));
  }

  unsubscribeFromPackages(topic: string): void {
    const had = this.#records.events.hasPackages(topic);
    this.#leavePackages(topic);
    this.#removed(had ? 1 : 0);
  }

  unsubscribeFromDefinitions(pattern: DefinitionPattern): void {
    this.#removed(this.#definitions.unsubscribe(pattern));
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
    for (const each of [this.#records.events, this.#records.parameters, this.#definitions]) each.close();
    this.#parts.held.release(this.holder, this.#count * SUBSCRIPTION_BYTES);
    this.#count = 0;
  }

  /** Counts a subscription, and takes that back when it fails. */
  async #add(subscribe: () => Promise<void>): Promise<void> {
    const { held, limits, onStrike } = this.#parts;
    const { maxSubscriptions } = limits;
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
      throw error;
    }
  }

  #removed(count: number): void {
    if (this.#isClosed || count === 0) return;
    this.#count -= count;
    this.#parts.held.release(this.holder, count * SUBSCRIPTION_BYTES);
    this.#records.events.tidy();
    this.#records.parameters.tidy();
  }

  #leavePackages(topic: string): void {
    this.#records.events.unsubscribeFromPackages(topic);
    this.#records.parameters.unsubscribeFromPackages(topic);
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
    const { events, parameters } = this.#records;
    const topic = events.leaveForbidden() ?? parameters.leaveForbidden() ?? this.#definitions.forbidden;
    if (topic === undefined) this.#parts.watch.tellAgain();
    else this.end(lacksScope(`read:${topic}`));
  }
}
