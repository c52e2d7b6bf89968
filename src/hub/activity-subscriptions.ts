import type { Principal } from '../auth/principal';
import type { Activity } from '../feed/activity';
import type { HubContext } from '../signalr';
import { ActiveSubscriptions } from './active-subscriptions';
import type { HubCallers } from './hub-callers';
import { MetricsSubscriptions } from './metrics-subscriptions';
import { InOrder, type Places, SubscriptionPlaces } from './subscription-places';

/** Where a connection keeps its subscriptions among its items. */
const SUBSCRIPTIONS = Symbol('activity subscriptions');

export type ActivityKind = 'active' | 'metrics';

export interface ActivitySubscriptionParts {
  readonly activity: Activity;
  /** Each subscription takes a place. */
  readonly followers: Places;
  readonly callers: Pick<HubCallers, 'rightsOf'>;
}

/** All that one connection has subscribed to. */
export class ActivitySubscriptions {
  readonly active: ActiveSubscriptions;
  readonly metrics: MetricsSubscriptions;
  readonly #order = new InOrder();
  readonly #places: SubscriptionPlaces;
  readonly #context: HubContext<Principal>;

  private constructor(context: HubContext<Principal>, { activity, callers, followers }: ActivitySubscriptionParts) {
    this.#context = context;

    this.active = new ActiveSubscriptions(context, activity, callers);
    this.metrics = new MetricsSubscriptions(context, activity, callers);
    this.#places = new SubscriptionPlaces(followers);
    context.connectionAborted.addEventListener('abort', () => {
      this.active.end();
      this.metrics.end();
      this.#places.releaseAll();
    });
  }

  /** Those of the connection of an invocation. */
  static of(context: HubContext<Principal>, parts: ActivitySubscriptionParts): ActivitySubscriptions {
    const known = context.items.get(SUBSCRIPTIONS) as ActivitySubscriptions | undefined;
    if (known !== undefined) return known;
    const made = new ActivitySubscriptions(context, parts);
    context.items.set(SUBSCRIPTIONS, made);
    return made;
  }

  /**
   * Begins a subscription, behind whatever was asked for before: it takes a place, which it gives back when it cannot
   * begin.
   */
  subscribe<T>(
    kind: ActivityKind,
    asked: { findTopic(): Promise<string>; begin(topic: string): Promise<T> },
  ): Promise<T> {
    return this.#order.run(async () => {
      const topic = await asked.findTopic();
      const name = `${kind} ${topic}`;
      const isNew = this.#places.take(name, this.#context.principal.holder);
      try {
        return await asked.begin(topic);
      } catch (error) {
        if (isNew) this.#places.release(name);
        throw error;
      } finally {
        if (this.#context.connectionAborted.aborted) this.#places.releaseAll();
      }
    });
  }

  /** Ends a subscription; harmless when there is none. */
  unsubscribe(kind: ActivityKind, topic: string): Promise<void> {
    return this.#order.run(() => {
      this[kind].unsubscribe(topic);
      this.#places.release(`${kind} ${topic}`);
      return Promise.resolve();
    });
  }
}
