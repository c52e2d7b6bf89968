import type { IncomingMessage } from 'node:http';
import { findToken } from '../../auth/token-finder';
import { catalogueFollows } from '../catalogue-follow';
import { postToStream } from '../post-to-stream';
import { reads } from '../reads';
import { sampleReads } from '../sample-reads';
import { streamWrites } from '../stream-writes';
import { topicCare } from '../topic-care';
import { DEFINITION_ROUTES } from './definition-routes';
import { DONE, JSON_TYPE } from './answers';
import {
  ACCESS_TOKEN,
  CONFIRM,
  EVENT_NAMES,
  EVENT_PAGE,
  FOLLOW,
  IDEMPOTENCY_KEY,
  PAGE,
  SAMPLE_RANGE,
  STREAM_ID,
  STRICT,
  TOPIC,
} from './parameters';
import type { Answer, Api, RequestBody } from '../route';

/** A page, or what goes on. */
const LISTING_TYPES = [JSON_TYPE, 'text/event-stream', 'application/x-ndjson'];

const GONE_LISTING: Answer = {
  status: 204,
  mediaTypes: [],
  meaning: 'what an `EventSource` came back to is there no more',
};

const GONE: Answer = { status: 204, mediaTypes: [], meaning: 'it is gone' };

const EVENTS: Answer = {
  status: 200,
  mediaTypes: [JSON_TYPE, 'application/x-ndjson'],
  meaning:
    '`{"events": […], "next": …}`, or an event a line with `next` in the header `Writer-Hub-Next`; ' +
    'the header `Writer-Hub-Position` says after what position to ask for what is stored later',
};

const PROPERTIES: Omit<RequestBody, 'required'> = {
  mediaTypes: [JSON_TYPE],
  meaning: 'properties of a stream: `name`, `location`, `metadata`, `parents`, `timeOfRecording`',
  example: '{"name": "First lap", "location": "/cars/trials", "metadata": {"driver": "Ada"}}',
};

function isEventStream({ headers }: IncomingMessage): boolean {
  return headers.accept?.startsWith('text/event-stream') === true;
}

/** Topics and their streams and events, as Quix names them. */
export const TOPICS_API: Api = {
  name: 'topics',
  // Pages cannot set headers of an `EventSource`.
  findToken: (request) => findToken(request, isEventStream(request) ? ['access_token'] : []),
  routes: [
    {
      verb: 'POST',
      path: '/topics/{topic}/streams/{streamId}/events/data',
      scope: ['append:{topic}'],
      parameters: [TOPIC, STREAM_ID, STRICT, IDEMPOTENCY_KEY],
      body: {
        mediaTypes: [JSON_TYPE],
        required: true,
        meaning: 'an array of events, or one bare event',
        example: '[{"id": "Alert", "timestamp": 1618133869000000000, "tags": {"capacity": "over"}, "value": "Help"}]',
      },
      answers: [{ status: 200, mediaTypes: [], meaning: 'the events are committed and synced' }],
      meaning: 'stores an array of events, or one bare event; 200 with an empty body once they are on disk',
      served: 'direct',
      handler: (context, query) => postToStream(context, context.service, query),
    },
    {
      verb: 'POST',
      path: '/topics/{topic}/streams/{streamId}/parameters/data',
      scope: ['append:{topic}'],
      parameters: [TOPIC, STREAM_ID, STRICT, IDEMPOTENCY_KEY],
      body: {
        mediaTypes: [JSON_TYPE],
        required: true,
        meaning:
          'a package of parameter data: `epoch`, `timestamps` in nanoseconds, which the epoch is added to, and columns ' +
          'as long as these by id in `numericValues`, `stringValues`, `binaryValues` (base64) and `tagValues`; `null` ' +
          'where there is no sample',
        example:
          '{"epoch": 1618133869000000000, "timestamps": [0, 1000000], "numericValues": {"Speed": [120.5, null]}, ' +
          '"stringValues": {"Gear": ["5", "6"]}, "tagValues": {"lap": ["1", "1"]}}',
      },
      answers: [{ status: 200, mediaTypes: [], meaning: 'the package is committed and synced' }],
      meaning: 'stores a package of parameter data; 200 with an empty body once it is on disk',
      served: 'direct',
      handler: (context, query) => postToStream(context, context.parameters, query),
    },
    {
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}/events/data',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID, ...EVENT_PAGE, FOLLOW, ...EVENT_NAMES],
      answers: [EVENTS],
      meaning: 'stored events of a stream',
      served: 'express',
      handler: (context) => reads(context).streamEvents,
    },
    {
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}/parameters/data',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID, ...SAMPLE_RANGE],
      answers: [
        {
          status: 200,
          mediaTypes: [JSON_TYPE],
          meaning:
            'samples in order of time in the form of a package, with `next`; with `interval` the starts of buckets, and ' +
            'for each parameter a column of each aggregate',
        },
      ],
      meaning: 'stored samples of a stream, one by one or summed up in buckets of time',
      served: 'express',
      handler: sampleReads,
    },
    {
      verb: 'GET',
      path: '/topics/{topic}/events/data',
      scope: ['read:{topic}'],
      parameters: [TOPIC, ...EVENT_PAGE, FOLLOW, ...EVENT_NAMES],
      answers: [EVENTS],
      meaning: 'stored events of all streams of a topic, with `streamId` in each',
      served: 'express',
      handler: (context) => reads(context).topicEvents,
    },
    {
      verb: 'GET',
      path: '/topics',
      scope: 'any',
      parameters: [...PAGE, ACCESS_TOKEN],
      answers: [{ status: 200, mediaTypes: LISTING_TYPES, meaning: '`{"topics": […], "next": …}`' }, GONE_LISTING],
      meaning: 'the topics this token may read; as an event stream or lines: and what changes',
      served: 'express',
      handler: (context) => catalogueFollows(context, reads(context)).topics,
    },
    {
      verb: 'GET',
      path: '/topics/{topic}',
      scope: ['read:{topic}'],
      parameters: [TOPIC],
      answers: [{ status: 200, mediaTypes: [JSON_TYPE], meaning: 'the topic as `GET /topics` lists it' }],
      meaning: 'a topic or data source: what it holds, for how long, and when something was last stored',
      served: 'express',
      handler: (context) => reads(context).topic,
    },
    {
      verb: 'PUT',
      path: '/topics/{topic}',
      scope: ['drop:{topic}'],
      parameters: [TOPIC, CONFIRM],
      body: {
        mediaTypes: [JSON_TYPE],
        required: true,
        meaning:
          'how long the topic keeps what it holds: `age` since it was stored (`never`: for ever) and `bytes` of text ' +
          '(0: any number); `null` is the default of the server',
        example: '{"retention": {"age": "7d", "bytes": null}}',
      },
      answers: [DONE],
      meaning: 'sets how long a topic keeps what it holds: `{"retention": {"age": "7d", "bytes": null}}`',
      served: 'express',
      handler: ({ bodies, ...services }) => topicCare(services, bodies).setRetention,
    },
    {
      verb: 'DELETE',
      path: '/topics/{topic}',
      scope: ['drop:{topic}'],
      parameters: [TOPIC],
      answers: [GONE],
      meaning: 'removes a topic, or a data source, with all it holds',
      served: 'express',
      handler: ({ bodies, ...services }) => topicCare(services, bodies).removeTopic,
    },
    {
      verb: 'GET',
      path: '/topics/{topic}/streams',
      scope: ['read:{topic}'],
      parameters: [TOPIC, ...PAGE, ACCESS_TOKEN],
      answers: [{ status: 200, mediaTypes: LISTING_TYPES, meaning: '`{"streams": […], "next": …}`' }, GONE_LISTING],
      meaning: 'streams of a topic; as an event stream or lines: and what changes',
      served: 'express',
      handler: (context) => catalogueFollows(context, reads(context)).streams,
    },
    {
      verb: 'POST',
      path: '/topics/{topic}/streams',
      scope: ['append:{topic}'],
      parameters: [TOPIC],
      body: { ...PROPERTIES, required: false },
      answers: [{ status: 200, mediaTypes: [JSON_TYPE], meaning: '`{"streamId": "…"}`' }],
      meaning: 'makes a stream with the properties of the body, and answers with its id: `{"streamId": "…"}`',
      served: 'express',
      handler: ({ service, bodies }) => streamWrites(service, bodies).create,
    },
    {
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID],
      answers: [{ status: 200, mediaTypes: [JSON_TYPE], meaning: 'properties, status, number of events' }],
      meaning: 'a stream: properties, status, number of events',
      served: 'express',
      handler: (context) => reads(context).stream,
    },
    {
      verb: 'PUT',
      path: '/topics/{topic}/streams/{streamId}',
      scope: ['append:{topic}'],
      parameters: [TOPIC, STREAM_ID],
      body: { ...PROPERTIES, required: true },
      answers: [DONE],
      meaning: 'replaces all properties of a stream, which is made if there is none',
      served: 'express',
      handler: ({ service, bodies }) => streamWrites(service, bodies).update,
    },
    {
      verb: 'DELETE',
      path: '/topics/{topic}/streams/{streamId}',
      scope: ['drop:{topic}'],
      parameters: [TOPIC, STREAM_ID],
      answers: [GONE],
      meaning: 'removes a stream with its events',
      served: 'express',
      handler: ({ bodies, ...services }) => topicCare(services, bodies).removeStream,
    },
    {
      verb: 'POST',
      path: '/topics/{topic}/streams/{streamId}/close',
      scope: ['append:{topic}'],
      parameters: [TOPIC, STREAM_ID],
      answers: [DONE],
      meaning: 'marks a stream closed; sending to it opens it again',
      served: 'express',
      handler: ({ service, bodies }) => streamWrites(service, bodies).close,
    },
    ...DEFINITION_ROUTES,
  ],
};
