import { findToken } from '../../auth/token-finder';
import { eventFollows, parameterFollows } from '../follow';
import type { Answer, Api, Parameter } from '../route';
import { MAX_PAGE } from '../page-query';
import { DEFINE_EVENTS, DEFINE_PARAMETERS } from './definition-routes';
import { ACCESS_TOKEN, EVENT_NAMES, LAST_EVENT_ID, LIVE_START, PARAMETER_NAMES, STREAM_ID, TOPIC } from './parameters';

/** Parameters of what is followed; `records`: what is. */
function following(records: string, names: readonly Parameter[]): readonly Parameter[] {
  const tail: Parameter = {
    name: 'tail',
    in: 'query',
    type: 'integer',
    required: false,
    minimum: 1,
    maximum: MAX_PAGE,
    meaning: `begins with the last ${records} of those that are asked for, this many; instead of \`from\``,
  };
  return [...LIVE_START, tail, ...names, ACCESS_TOKEN, LAST_EVENT_ID];
}

function followed(records: string): readonly Answer[] {
  return [
    {
      status: 200,
      mediaTypes: ['text/event-stream', 'application/x-ndjson'],
      meaning: `${records} as they come, until the caller or the server ends it`,
    },
    { status: 204, mediaTypes: [], meaning: 'what an `EventSource` came back to is there no more' },
  ];
}

const EVENTS = following('events', EVENT_NAMES);
const PACKAGES = following('packages', PARAMETER_NAMES);

/** Events and parameter data as they come, on paths of their own: the answers of all other reads end. */
export const LIVE_API: Api = {
  name: 'live',
  findToken: (request) => findToken(request, request.method === 'PUT' ? [] : ['access_token']),
  routes: [
    {
      verb: 'GET',
      path: '/topics/{topic}/events',
      scope: ['read:{topic}'],
      parameters: [TOPIC, ...EVENTS],
      answers: followed('events'),
      meaning: 'events of a topic as they come, after those that are stored',
      served: 'express',
      handler: (context) => eventFollows(context).topic,
    },
    {
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}/events',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID, ...EVENTS],
      answers: followed('events'),
      meaning: 'events of a stream as they come, after those that are stored',
      served: 'express',
      handler: (context) => eventFollows(context).stream,
    },
    DEFINE_EVENTS,
    {
      verb: 'GET',
      path: '/topics/{topic}/parameters',
      scope: ['read:{topic}'],
      parameters: [TOPIC, ...PACKAGES],
      answers: followed('packages'),
      meaning: 'parameter data of a topic as it comes, after what is stored',
      served: 'express',
      handler: (context) => parameterFollows(context).topic,
    },
    {
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}/parameters',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID, ...PACKAGES],
      answers: followed('packages'),
      meaning: 'parameter data of a stream as it comes, after what is stored',
      served: 'express',
      handler: (context) => parameterFollows(context).stream,
    },
    DEFINE_PARAMETERS,
  ],
};
