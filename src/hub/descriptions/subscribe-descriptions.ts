import { arrayOf, ref, text } from '../../schemas/json-schema';
import type { ClientMethodName, MethodDescription, MethodGroup, MethodParameter } from './method-description';
import { STREAM_ID, STREAM_OR_ALL, SUBSCRIBE_OPTIONS, TOPIC, TOPIC_OR_ALL } from './parameters';

const ERRORS = ['invalid_name', 'forbidden', 'position_gone'] as const;

function idOf(noun: string): MethodParameter {
  return {
    name: `${noun}Id`,
    schema: { ...text(), maxLength: 1024 },
    meaning: `id of the ${noun}; \`*\`: all of them`,
  };
}

function subscribe(noun: string, callbacks: readonly ClientMethodName[], example?: string): MethodDescription {
  return {
    parameters: [TOPIC_OR_ALL, STREAM_OR_ALL, idOf(noun), SUBSCRIBE_OPTIONS],
    scope: ['read:{topic}'],
    errors: ERRORS,
    callbacks,
    meaning: `has the client called with each ${noun === 'event' ? 'event' : 'package that has the parameter'} from now on`,
    details:
      'When it is answered, everything that is stored from then on will come. Subscribing twice, or to what overlaps, ' +
      'brings each once. A topic that is not there yet is waited for. Subscriptions end with the connection: subscribe ' +
      'again after a reconnect, with `{from}` the last `offset`.',
    ...(example !== undefined && { example }),
  };
}

function unsubscribe(noun: string): MethodDescription {
  return {
    parameters: [TOPIC_OR_ALL, STREAM_OR_ALL, idOf(noun)],
    scope: 'any',
    errors: ['invalid_name'],
    meaning: `ends a subscription to ${noun}s, named as it was subscribed to; nothing comes behind the answer`,
  };
}

function subscribeToDefinitions(noun: string, callback: ClientMethodName): MethodDescription {
  return {
    parameters: [TOPIC, STREAM_OR_ALL],
    scope: ['read:{topic}'],
    errors: ['invalid_name', 'forbidden'],
    callbacks: [callback],
    meaning: `has the client called with what is said of the ${noun}s of a stream, and each time that it changes`,
  };
}

function unsubscribeFromDefinitions(noun: string): MethodDescription {
  return {
    parameters: [TOPIC, STREAM_OR_ALL],
    scope: 'any',
    errors: ['invalid_name'],
    meaning: `ends a subscription to definitions of ${noun}s`,
  };
}

const PACKAGES: MethodDescription = {
  parameters: [TOPIC_OR_ALL],
  scope: ['read:{topic}'],
  errors: ['invalid_name', 'forbidden'],
  callbacks: ['PackageReceived'],
  meaning: 'has the client called with what follows each other in a stream, as one package',
};

const NO_PACKAGES: MethodDescription = {
  parameters: [TOPIC_OR_ALL],
  scope: 'any',
  errors: ['invalid_name'],
  meaning: 'ends a subscription to packages',
};

/** Quix's Streaming Reader API. */
export const SUBSCRIBE_METHODS: MethodGroup = {
  heading: 'Subscribe, as clients of Quix do',
  meaning:
    'The hub calls methods of the client. Whoever is free to choose takes the streams above: they cannot lose anything.',
  methods: {
    SubscribeToEvent: subscribe(
      'event',
      ['EventDataReceived'],
      'connection.on("EventDataReceived", (event) => console.log(event.streamId, event.id, event.value));\n' +
        'await connection.invoke("SubscribeToEvent", "cars", "*", "Alert");',
    ),
    SubscribeToParameter: subscribe(
      'parameter',
      ['ParameterDataReceived'],
      'connection.on("ParameterDataReceived", (data) => console.log(data.timestamps, data.numericValues));\n' +
        'await connection.invoke("SubscribeToParameter", "cars", "car-1", "Speed");',
    ),
    UnsubscribeFromEvent: unsubscribe('event'),
    UnsubscribeFromParameter: unsubscribe('parameter'),
    SubscribeToParameterDefinitions: subscribeToDefinitions('parameter', 'ParameterDefinitionsUpdated'),
    SubscribeToEventDefinitions: subscribeToDefinitions('event', 'EventDefinitionsUpdated'),
    UnsubscribeFromParameterDefinitions: unsubscribeFromDefinitions('parameter'),
    UnsubscribeFromEventDefinitions: unsubscribeFromDefinitions('event'),
    UnsubscribeFromStream: {
      parameters: [TOPIC_OR_ALL, STREAM_ID],
      scope: 'any',
      errors: ['invalid_name'],
      meaning: 'ends all subscriptions to a stream: to events, parameters and definitions',
    },
    SubscribeToPackages: PACKAGES,
    SubscribeToTopicPackages: { ...PACKAGES, details: 'The same under a name that stands in a table of Quix.' },
    UnsubscribeFromPackages: NO_PACKAGES,
    UnsubscribeFromTopicPackages: { ...NO_PACKAGES, details: 'The same under a name that stands in a table of Quix.' },
  },
};

const ACTIVITY_ERRORS = ['invalid_name', 'forbidden', 'unknown_topic'] as const;

/** What is active, and how much is written. */
export const ACTIVITY_METHODS: MethodGroup = {
  heading: 'Activity',
  meaning: 'Which streams are written to, and how much. It goes on until it is ended, or the connection is.',
  methods: {
    SubscribeToActiveStreams: {
      parameters: [TOPIC_OR_ALL],
      answer: { schema: arrayOf(ref('ActiveStream')), meaning: 'the streams that are active' },
      scope: ['read:{topic}'],
      errors: [...ACTIVITY_ERRORS, 'wrong_topic_kind'],
      callbacks: ['ActiveStreamsChanged'],
      meaning: 'the active streams, and then what becomes of them',
      example:
        'connection.on("ActiveStreamsChanged", (stream, action) => console.log(action, stream.streamId));\n' +
        'const active = await connection.invoke("SubscribeToActiveStreams", "cars");',
    },
    UnsubscribeFromActiveStreams: {
      parameters: [TOPIC_OR_ALL],
      scope: 'any',
      errors: [],
      meaning: 'ends a subscription to active streams',
    },
    SubscribeToTopicMetrics: {
      parameters: [TOPIC_OR_ALL],
      answer: {
        schema: arrayOf(ref('TopicMetrics')),
        meaning: 'the last five minutes, an object a second, oldest first',
      },
      scope: ['read:{topic}'],
      errors: ACTIVITY_ERRORS,
      callbacks: ['TopicMetricsUpdated'],
      meaning: 'how much was written to a topic or data source, and then each second',
    },
    UnsubscribeFromTopicMetrics: {
      parameters: [TOPIC_OR_ALL],
      scope: 'any',
      errors: [],
      meaning: 'ends a subscription to metrics',
    },
  },
};
