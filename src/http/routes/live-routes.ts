import { findToken } from '../../auth/token-finder';
import { eventFollows, parameterFollows } from '../follow';
import { type JsonSchema, ref } from '../../schemas/json-schema';
import type { Answer, Api, Parameter } from '../route';
import { MAX_PAGE } from '../page-query';
import { EVENT_STREAM_TYPE, GONE_FOLLOWED, LINES_TYPE, LIVE_HEADERS, PAGE_HEADERS } from './answers';
import { DEFINE_EVENTS, DEFINE_PARAMETERS } from './definition-routes';
import { READ_ERRORS } from './errors';
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

/** The answers of who follows; `item`: what each of the records is. */
function followed(records: string, item: JsonSchema, example: string): readonly Answer[] {
  return [
    {
      status: 200,
      mediaTypes: [EVENT_STREAM_TYPE, LINES_TYPE],
      item,
      headers: [...PAGE_HEADERS.slice(0, 1), ...LIVE_HEADERS],
      example,
      meaning: `${records} as they come, until the caller or the server ends it`,
    },
    GONE_FOLLOWED,
  ];
}

const DETAILS =
  'The answer goes on until either side ends it. As an event stream, the `id` of each event is its position, with which ' +
  'an `EventSource` that was cut off goes on by itself (`Last-Event-ID`); an event named `caught-up` says that all that ' +
  'was stored has been given, one named `end` why there is no more. In lines, a blank one at least every 15 seconds says that ' +
  'the connection is alive, and `{"end": …}` comes last. An event stream that cannot be given *now* is answered with 200 ' +
  'and `retry`, since an `EventSource` never comes back after an error.';

const EVENTS = following('events', EVENT_NAMES);
const PACKAGES = following('packages', PARAMETER_NAMES);

const EVENTS_FOLLOWED = followed(
  'events',
  ref('TopicEvent'),
  ': writer-hub\nretry: 2711\nid: 0\n\nid: 1\ndata: {"offset":"1","streamId":"car-1","timestamp":1618133869000000000,' +
    '"id":"Alert","value":"Help","tags":{"capacity":"over"}}\n\nevent: caught-up\nid: 1\ndata: {"position":"1"}\n\n',
);

const PACKAGES_FOLLOWED = followed(
  'packages',
  ref('ParameterPackage'),
  ': writer-hub\nretry: 1804\nid: 1\n\nevent: parameters\nid: 2\ndata: {"offset":"2","streamId":"car-1","epoch":0,' +
    '"timestamps":[1618133869000000000],"numericValues":{"Speed":[120.5]},"stringValues":{},"binaryValues":{},' +
    '"tagValues":{}}\n\nevent: caught-up\nid: 2\ndata: {"position":"2"}\n\n',
);

/** Events and parameter data as they come, on paths of their own: the answers of all other reads end. */
export const LIVE_API: Api = {
  name: 'live',
  meaning:
    'Events and parameter data as they come, over Server-Sent Events or in lines. At the hub there is more: `/hub-methods`.',
  findToken: (request) => findToken(request, request.method === 'PUT' ? [] : ['access_token']),
  routes: [
    {
      id: 'followTopicEvents',
      verb: 'GET',
      path: '/topics/{topic}/events',
      scope: ['read:{topic}'],
      parameters: [TOPIC, ...EVENTS],
      answers: EVENTS_FOLLOWED,
      errors: [...READ_ERRORS, 'unknown_stream'],
      details: DETAILS,
      meaning: 'events of a topic as they come, after those that are stored',
      served: 'express',
      handler: (context) => eventFollows(context).topic,
    },
    {
      id: 'followStreamEvents',
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}/events',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID, ...EVENTS],
      answers: EVENTS_FOLLOWED,
      errors: [...READ_ERRORS, 'unknown_stream'],
      details: DETAILS,
      meaning: 'events of a stream as they come, after those that are stored',
      served: 'express',
      handler: (context) => eventFollows(context).stream,
    },
    DEFINE_EVENTS,
    {
      id: 'followTopicParameters',
      verb: 'GET',
      path: '/topics/{topic}/parameters',
      scope: ['read:{topic}'],
      parameters: [TOPIC, ...PACKAGES],
      answers: PACKAGES_FOLLOWED,
      errors: [...READ_ERRORS, 'unknown_stream'],
      details: DETAILS,
      meaning: 'parameter data of a topic as it comes, after what is stored',
      served: 'express',
      handler: (context) => parameterFollows(context).topic,
    },
    {
      id: 'followStreamParameters',
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}/parameters',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID, ...PACKAGES],
      answers: PACKAGES_FOLLOWED,
      errors: [...READ_ERRORS, 'unknown_stream'],
      details: DETAILS,
      meaning: 'parameter data of a stream as it comes, after what is stored',
      served: 'express',
      handler: (context) => parameterFollows(context).stream,
    },
    DEFINE_PARAMETERS,
  ],
};
