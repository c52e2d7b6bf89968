import type { Principal } from '../auth/principal';
import type { EventService } from '../events/event-service';
import type { TopicIds } from '../events/topic-ids';
import type { Activity } from '../feed/activity';
import type { CatalogueFeed } from '../feed/catalogue-feed';
import { type HubContext, type HubMethod, RawJson, method, streamMethod } from '../signalr';
import { refuseOtherKind } from '../store/contract/topic-kind';
import { type ActivityKind, ActivitySubscriptions } from './activity-subscriptions';
import { type CatalogueStreamParts, streamListing } from './catalogue-streams';
import { checkReadsSome } from './every-topic';
import type { HubErrors } from './hub-errors';
import type { TopicMetrics } from './metrics-subscriptions';
import { EVERY } from './read-arguments';

export interface ActivityParts extends CatalogueStreamParts {
  readonly service: Pick<EventService, 'checkReader' | 'topic'>;
  readonly activity: Activity;
  readonly catalogue: CatalogueFeed;
  readonly topicIds: TopicIds;
}

type Context = HubContext<Principal>;

/** The hub methods about what there is, what is active, and how much is written. */
export function activityMethods(
  parts: ActivityParts,
  errors: HubErrors,
): Readonly<Record<string, HubMethod<Principal>>> {
  const { service, catalogue, topicIds } = parts;
  const { rethrow } = errors;

  /** The name of a topic that may be read and is there, or `*`. */
  const findTopic = async ({ principal }: Context, kind: ActivityKind, given: unknown): Promise<string> => {
    if (given === EVERY) {
      checkReadsSome(principal.scopes);
      return EVERY;
    }
    const topic = await service.topic(principal.scopes, topicIds.nameOf(given));
    // Rows belong to no stream.
    if (kind === 'active') refuseOtherKind(topic.name, topic.kind, 'events');
    return topic.name;
  };

  const unsubscribe = (kind: ActivityKind) => (context: Context, given: unknown) =>
    ActivitySubscriptions.of(context, parts).unsubscribe(kind, String(topicIds.nameOf(given)));

  return {
    /** (topic) → the streams that are active; then `ActiveStreamsChanged(stream, "AddUpdate" | "Remove")`. */
    SubscribeToActiveStreams: method(['json'], async (context: Context, given) => {
      const subscriptions = ActivitySubscriptions.of(context, parts);
      const asked = {
        findTopic: () => findTopic(context, 'active', given),
        begin: (topic: string) => subscriptions.active.subscribe(topic),
      };
      const streams = await subscriptions.subscribe('active', asked).catch(rethrow);
      return new RawJson(`[${streams.join(',')}]`);
    }),

    /** (topic) */
    UnsubscribeFromActiveStreams: method(['json'], unsubscribe('active')),

    /** (topic) → the last five minutes, a second each; then `TopicMetricsUpdated(metrics)` each second. */
    SubscribeToTopicMetrics: method(['json'], (context: Context, given): Promise<TopicMetrics[]> => {
      const subscriptions = ActivitySubscriptions.of(context, parts);
      const asked = {
        findTopic: () => findTopic(context, 'metrics', given),
        begin: (topic: string) => subscriptions.metrics.subscribe(topic),
      };
      return subscriptions.subscribe('metrics', asked).catch(rethrow);
    }),

    /** (topic) */
    UnsubscribeFromTopicMetrics: method(['json'], unsubscribe('metrics')),

    /** () → a stream of the topics that the token may read, and of their changes. */
    ReadTopics: streamMethod([], (context: Context) =>
      streamListing(parts, errors, context, {
        type: 'topic',
        check: () => undefined,
        open: (signal, rights) =>
          catalogue.topics((topic) => rights.mayRead(topic), { signal, holder: context.principal.holder }),
      }),
    ),

    /** (topic) → a stream of the streams of a topic, and of their changes. */
    ReadStreams: streamMethod(['json'], (context: Context, given) =>
      streamListing(parts, errors, context, {
        type: 'stream',
        check: ({ scopes }) => void service.checkReader(scopes, topicIds.nameOf(given)),
        open: (signal) => {
          const { scopes, holder } = context.principal;
          return catalogue.streams(service.checkReader(scopes, topicIds.nameOf(given)), { signal, holder });
        },
      }),
    ),
  };
}
