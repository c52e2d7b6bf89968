import { ref } from '../../schemas/json-schema';
import type { ClientMethodDescription, ClientMethodName } from './method-description';

/** The methods of clients that the hub calls. Their names are matched in any case by the stock client. */
export const CLIENT_METHODS: Readonly<Record<ClientMethodName, ClientMethodDescription>> = {
  EventDataReceived: {
    parameters: [{ name: 'event', schema: ref('ReceivedEvent'), meaning: 'an event' }],
    meaning: 'an event that is subscribed to',
  },
  ParameterDataReceived: {
    parameters: [
      { name: 'data', schema: ref('ReceivedParameterData'), meaning: 'a package, or the part that is wanted' },
    ],
    meaning: 'parameter data that is subscribed to, once for each package',
  },
  PackageReceived: {
    parameters: [{ name: 'package', schema: ref('ReceivedPackage'), meaning: 'what follows each other in a stream' }],
    meaning: 'up to 100 events of a stream, or a package of parameter data',
  },
  ParameterDefinitionsUpdated: {
    parameters: [{ name: 'update', schema: ref('ParameterDefinitionsUpdate'), meaning: 'all of them' }],
    meaning: 'what is said of the parameters of a stream',
  },
  EventDefinitionsUpdated: {
    parameters: [{ name: 'update', schema: ref('EventDefinitionsUpdate'), meaning: 'all of them' }],
    meaning: 'what is said of the events of a stream',
  },
  ActiveStreamsChanged: {
    parameters: [
      { name: 'stream', schema: ref('ActiveStream'), meaning: 'the stream as it is now' },
      {
        name: 'action',
        schema: { type: 'string', enum: ['AddUpdate', 'Remove'] },
        meaning: 'whether it has come or changed, or has gone',
      },
    ],
    meaning: 'a stream has become active, has changed, or is active no longer',
  },
  TopicMetricsUpdated: {
    parameters: [{ name: 'metrics', schema: ref('TopicMetrics'), meaning: 'of one topic and second' }],
    meaning: 'what happened in a topic in the second that has just ended',
  },
};
