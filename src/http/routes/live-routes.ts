import { findToken } from '../../auth/token-finder';
import { follows } from '../follow';
import type { Answer, Api, Parameter } from '../route';
import { ACCESS_TOKEN, STREAM_ID, TOPIC } from './parameters';

const FOLLOW: readonly Parameter[] = [
  {
    name: 'from',
    in: 'query',
    type: 'string',
    required: false,
    default: 'latest',
    meaning: 'where to begin: `earliest`, `latest`, or a position as an answer gave it',
  },
  {
    name: 'since',
    in: 'query',
    type: 'string',
    required: false,
    meaning:
      'begins before what was stored since then: ISO 8601 with a zone, or a duration before now such as `10m`; up to a ' +
      'minute more may come',
  },
  {
    name: 'id',
    in: 'query',
    type: 'string',
    required: false,
    meaning: 'only events with this id; given several times: with one of them',
  },
  {
    name: 'tag',
    in: 'query',
    type: 'string',
    required: false,
    meaning: 'only events with this tag, as `key=value`; given several times: with all of them',
  },
  ACCESS_TOKEN,
  {
    name: 'Last-Event-ID',
    in: 'header',
    type: 'string',
    required: false,
    meaning: 'the position to go on from, as an `EventSource` sends it; goes before `from` and `since`',
  },
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
  findToken: (request) => findToken(request, ['access_token']),
  routes: [
    {
      verb: 'GET',
      path: '/topics/{topic}/events',
      scope: ['read:{topic}'],
      parameters: [TOPIC, ...FOLLOW],
      answers: FOLLOWED,
      meaning: 'events of a topic as they come, after those that are stored',
      served: 'express',
      handler: (context) => follows(context).topic,
    },
    {
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}/events',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID, ...FOLLOW],
      answers: FOLLOWED,
      meaning: 'events of a stream as they come, after those that are stored',
      served: 'express',
      handler: (context) => follows(context).stream,
    },
  ],
};
