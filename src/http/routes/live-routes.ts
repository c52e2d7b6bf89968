import { findToken } from '../../auth/token-finder';
import { follows } from '../follow';
import type { Answer, Api, Parameter } from '../route';
import { MAX_PAGE } from '../page-query';
import { DEFINE_EVENTS } from './definition-routes';
import { ACCESS_TOKEN, EVENT_NAMES, LAST_EVENT_ID, LIVE_START, STREAM_ID, TOPIC } from './parameters';

const FOLLOWING: readonly Parameter[] = [
  ...LIVE_START,
  {
    name: 'tail',
    in: 'query',
    type: 'integer',
    required: false,
    minimum: 1,
    maximum: MAX_PAGE,
    meaning: 'begins with the last events of those that are asked for, this many; instead of `from`',
  },
  ...EVENT_NAMES,
  ACCESS_TOKEN,
  LAST_EVENT_ID,
];

const FOLLOWED: readonly Answer[] = [
  {
    status: 200,
    mediaTypes: ['text/event-stream', 'application/x-ndjson'],
    meaning: 'events as they come, until the caller or the server ends it',
  },
  { status: 204, mediaTypes: [], meaning: 'what an `EventSource` came back to is there no more' },
];

/** Events as they come, on paths of their own: the answers of all other reads end. */
export const LIVE_API: Api = {
  name: 'live',
  findToken: (request) => findToken(request, request.method === 'PUT' ? [] : ['access_token']),
  routes: [
    {
      verb: 'GET',
      path: '/topics/{topic}/events',
      scope: ['read:{topic}'],
      parameters: [TOPIC, ...FOLLOWING],
      answers: FOLLOWED,
      meaning: 'events of a topic as they come, after those that are stored',
      served: 'express',
      handler: (context) => follows(context).topic,
    },
    {
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}/events',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID, ...FOLLOWING],
      answers: FOLLOWED,
      meaning: 'events of a stream as they come, after those that are stored',
      served: 'express',
      handler: (context) => follows(context).stream,
    },
    DEFINE_EVENTS,
  ],
};
