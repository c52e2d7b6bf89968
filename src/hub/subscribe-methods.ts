import type { Principal } from '../auth/principal';
import { lacksScope, WriterHubError } from '../errors';
import { checkStreamId, checkTopicName } from '../events/names';
import type { TopicIds } from '../events/topic-ids';
import { parseStart } from '../feed/start-point';
import { type HubContext, type HubMethod, method } from '../signalr';
import type { DefinitionKind } from '../store/contract/definitions';
import type { StartPoint } from '../store/contract/position';
import type { ConnectionSubscriptions, RecordKind } from './connection-subscriptions';
import { checkReadsSome } from './every-topic';
import type { HubErrors } from './hub-errors';
import { EVERY } from './read-arguments';
import type { Subscriptions } from './subscriptions';

export interface SubscribeParts {
  readonly subscriptions: Subscriptions;
  readonly topicIds: TopicIds;
}

/** The longest id of an event or a parameter that can be subscribed to. */
const LONGEST_ID = 1024;

/** A call, and the topic it is about. */
interface Call {
  readonly context: HubContext<Principal>;
  readonly topic: unknown;
}

/**
 * Quix's Reader API. What is sent: `EventDataReceived(event)`, `ParameterDataReceived(data)`,
 * `PackageReceived(package)`, `ParameterDefinitionsUpdated(update)`, `EventDefinitionsUpdated(update)`.
 */
export function subscribeMethods(
  { subscriptions, topicIds }: SubscribeParts,
  { rethrow }: HubErrors,
): Record<string, HubMethod<Principal>> {
  const topicOf = (given: unknown): string => (given === EVERY ? EVERY : checkTopicName(topicIds.nameOf(given)));

  /** Has the subscriptions of a connection that may read the topic do something, once the arguments are right. */
  const subscribe = async (
    { context, topic }: Call,
    prepare: (topic: string) => (own: ConnectionSubscriptions) => Promise<void>,
  ): Promise<void> => {
    try {
      const name = topicOf(topic);
      const act = prepare(name);
      checkRights(context.principal, name);
      const own = subscriptions.of(context);
      await own.inOrder(() => act(own));
    } catch (error) {
      rethrow(error);
    }
  };

  const unsubscribe = async (
    { context, topic }: Call,
    prepare: (topic: string) => (own: ConnectionSubscriptions) => void,
  ): Promise<void> => {
    try {
      const act = prepare(topicOf(topic));
      const own = subscriptions.find(context);
      await own?.inOrder(() => {
        act(own);
      });
    } catch (error) {
      rethrow(error);
    }
  };

  const subscribeTo = (kind: RecordKind): HubMethod<Principal> =>
    method(
      ['json', 'json', 'json', 'json'],
      (context, ...[topic, streamId, id, options]) =>
        subscribe({ context, topic }, (name) => {
          const pattern = { topic: name, streamId: streamOf(streamId), id: idOf(id, kind) };
          const start = parseOptions(options);
          if (name === EVERY && start !== 'latest') {
            throw invalid('from names a place in one topic, and * stands for all of them');
          }
          return (own) => own.subscribe(kind, pattern, start);
        }),
      { optional: 1 },
    );
  const unsubscribeFrom = (kind: RecordKind): HubMethod<Principal> =>
    method(['json', 'json', 'json'], (context, topic, streamId, id) =>
      unsubscribe({ context, topic }, (name) => {
        const pattern = { topic: name, streamId: streamOf(streamId), id: idOf(id, kind) };
        return (own) => {
          own.unsubscribe(kind, pattern);
        };
      }),
    );

  const subscribeToPackages = (): HubMethod<Principal> =>
    method(['json'], (context, topic) =>
      subscribe({ context, topic }, (name) => (own) => own.subscribeToPackages(name)),
    );
  const unsubscribeFromPackages = (): HubMethod<Principal> =>
    method(['json'], (context, topic) =>
      unsubscribe({ context, topic }, (name) => (own) => {
        own.unsubscribeFromPackages(name);
      }),
    );

  const subscribeToDefinitions = (kind: DefinitionKind): HubMethod<Principal> =>
    method(['json', 'json'], (context, topic, streamId) =>
      subscribe({ context, topic }, (name) => {
        const pattern = { topic: oneTopic(name), streamId: streamOf(streamId), kind };
        return (own) => own.subscribeToDefinitions(pattern);
      }),
    );
  const unsubscribeFromDefinitions = (kind: DefinitionKind): HubMethod<Principal> =>
    method(['json', 'json'], (context, topic, streamId) =>
      unsubscribe({ context, topic }, (name) => {
        const pattern = { topic: oneTopic(name), streamId: streamOf(streamId), kind };
        return (own) => {
          own.unsubscribeFromDefinitions(pattern);
        };
      }),
    );

  return {
    /** (topic, streamId, id, options?): options `{from}`. */
    SubscribeToEvent: subscribeTo('events'),
    SubscribeToParameter: subscribeTo('parameters'),

    /** (topic, streamId, id): as they were subscribed to. */
    UnsubscribeFromEvent: unsubscribeFrom('events'),
    UnsubscribeFromParameter: unsubscribeFrom('parameters'),

    /** (topic, streamId) */
    SubscribeToParameterDefinitions: subscribeToDefinitions('parameters'),
    SubscribeToEventDefinitions: subscribeToDefinitions('events'),
    UnsubscribeFromParameterDefinitions: unsubscribeFromDefinitions('parameters'),
    UnsubscribeFromEventDefinitions: unsubscribeFromDefinitions('events'),

    /** (topic, streamId): all that is subscribed to of this stream. */
    UnsubscribeFromStream: method(['json', 'json'], (context, topic, streamId) =>
      unsubscribe({ context, topic }, (name) => {
        const stream = streamOf(streamId);
        return (own) => {
          own.unsubscribeFromStream(name, stream);
        };
      }),
    ),

    /** (topic). The second of the names stands in a table of Quix's documentation. */
    SubscribeToPackages: subscribeToPackages(),
    SubscribeToTopicPackages: subscribeToPackages(),
    UnsubscribeFromPackages: unsubscribeFromPackages(),
    UnsubscribeFromTopicPackages: unsubscribeFromPackages(),
  };
}

function checkRights({ scopes }: Principal, topic: string): void {
  if (topic === EVERY) checkReadsSome(scopes);
  else if (!scopes.mayRead(topic)) throw lacksScope(`read:${topic}`);
}

function streamOf(value: unknown): string {
  return value === EVERY ? EVERY : checkStreamId(value);
}

function idOf(value: unknown, kind: RecordKind): string {
  const what = kind === 'events' ? 'event' : 'parameter';
  if (typeof value !== 'string') throw invalid(`the ${what} id is not a string`);
  if (value.length > LONGEST_ID) throw invalid(`the ${what} id has more than ${LONGEST_ID} characters`);
  return value;
}

function oneTopic(name: string): string {
  if (name === EVERY) throw invalid('definitions are those of one topic: * stands for streams alone');
  return name;
}

function parseOptions(options: unknown): StartPoint {
  if (options === undefined || options === null) return 'latest';
  if (typeof options !== 'object' || Array.isArray(options)) throw invalid('the options are not {from}');
  const { from, ...others } = options as { readonly from?: unknown };
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw invalid(`the options have the unknown property ${JSON.stringify(unknown.slice(0, 40))}`);
  return parseStart(from, 'from');
}

function invalid(reason: string): WriterHubError {
  return new WriterHubError('invalid_query', reason);
}
