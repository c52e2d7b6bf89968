import type { IncomingMessage } from 'node:http';
import { findToken } from '../../auth/token-finder';
import { catalogueFollows } from '../catalogue-follow';
import { postToStream } from '../post-to-stream';
import { reads } from '../reads';
import { sampleReads } from '../sample-reads';
import { streamWrites } from '../stream-writes';
import { topicCare } from '../topic-care';
import { DEFINITION_ROUTES } from './definition-routes';
import {
  DONE,
  EVENT_STREAM_TYPE,
  GONE,
  GONE_FOLLOWED,
  json,
  JSON_TYPE,
  LINES_TYPE,
  LIVE_HEADERS,
  PAGE_HEADERS,
  WARNING,
} from './answers';
import { APPEND_ERRORS, READ_ERRORS, STREAM_WRITE_ERRORS } from './errors';
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
import { type JsonSchema, ref } from '../../schemas/json-schema';
import type { Answer, Api, RequestBody } from '../route';

/** The answers of a listing: a page, or what goes on. `item`: what that is made of. */
function listing(page: JsonSchema, item: JsonSchema, meaning: string, example: string): readonly Answer[] {
  return [
    {
      status: 200,
      mediaTypes: [JSON_TYPE, EVENT_STREAM_TYPE, LINES_TYPE],
      schema: page,
      item,
      headers: LIVE_HEADERS,
      meaning,
      example,
    },
    GONE_FOLLOWED,
  ];
}

/** The answer of a page of events. */
function eventPage(page: JsonSchema, event: JsonSchema, example: string): Answer {
  return {
    status: 200,
    mediaTypes: [JSON_TYPE, LINES_TYPE, EVENT_STREAM_TYPE],
    schema: page,
    item: event,
    headers: [...PAGE_HEADERS, WARNING, ...LIVE_HEADERS],
    meaning:
      '`{"events": […], "next": …}`, or an event a line with `next` in the header `Writer-Hub-Next`; ' +
      'the header `Writer-Hub-Position` says after what position to ask for what is stored later',
    example,
  };
}

const PAGE_DETAILS =
  'With `Accept: application/x-ndjson` an event a line. `tail` takes no `after`, `limit` and `order`. With `follow=true` ' +
  'the answer goes on with what comes, in lines, or as an event stream for who accepts no lines; it takes no `limit`, ' +
  '`to` and `order=desc`, and `id` and `tag` are for it alone.';

const LISTING_DETAILS =
  'To `Accept: text/event-stream` and `Accept: application/x-ndjson` it gives all there is and then what changes, until ' +
  'either side ends it; that takes no `after` and `limit`. `access_token` is read for an event stream alone.';

const STREAM_EXAMPLE =
  '{"streamId":"car-1","status":"open","name":"First lap","createdAt":"2026-11-27T03:00:00.000Z",' +
  '"updatedAt":"2026-11-27T03:00:00.000Z","eventCount":1,"firstTimestamp":1618133869000000000,' +
  '"lastTimestamp":1618133869000000000}';

const PROPERTIES: Omit<RequestBody, 'required'> = {
  mediaTypes: [JSON_TYPE],
  meaning: 'properties of a stream: `name`, `location`, `metadata`, `parents`, `timeOfRecording`',
  example: '{"name": "First lap", "location": "/cars/trials", "metadata": {"driver": "Ada"}}',
  schema: ref('StreamProperties'),
};

function isEventStream({ headers }: IncomingMessage): boolean {
  return headers.accept?.startsWith('text/event-stream') === true;
}

/** Topics and their streams and events, as Quix names them. */
export const TOPICS_API: Api = {
  name: 'topics',
  meaning: 'Topics, their streams, and the events and parameter data in them.',
  // Pages cannot set headers of an `EventSource`.
  findToken: (request) => findToken(request, isEventStream(request) ? ['access_token'] : []),
  routes: [
    {
      id: 'storeEvents',
      verb: 'POST',
      path: '/topics/{topic}/streams/{streamId}/events/data',
      scope: ['append:{topic}'],
      parameters: [TOPIC, STREAM_ID, STRICT, IDEMPOTENCY_KEY],
      body: {
        mediaTypes: [JSON_TYPE],
        required: true,
        meaning: 'an array of events, one bare event, or a sequence of both with record separators (RFC 8142)',
        example: '[{"id": "Alert", "timestamp": 1618133869000000000, "tags": {"capacity": "over"}, "value": "Help"}]',
        schema: ref('EventsToStore'),
      },
      answers: [{ status: 200, mediaTypes: [], headers: [WARNING], meaning: 'the events are committed and synced' }],
      errors: [...APPEND_ERRORS, 'invalid_events'],
      details:
        'An answer means that the events are on disk, all of them or none. One bad event refuses the batch, and `problems` ' +
        'says which event, which field and why.',
      meaning:
        'stores an array of events, one bare event, or a sequence of both with record separators (RFC 8142); 200 with ' +
        'an empty body once they are on disk',
      served: 'direct',
      handler: (context, query) => postToStream(context, context.service, query),
    },
    {
      id: 'storeParameterData',
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
        schema: ref('ParameterDataToStore'),
      },
      answers: [{ status: 200, mediaTypes: [], headers: [WARNING], meaning: 'the package is committed and synced' }],
      errors: [...APPEND_ERRORS, 'invalid_parameters'],
      meaning: 'stores a package of parameter data; 200 with an empty body once it is on disk',
      served: 'direct',
      handler: (context, query) => postToStream(context, context.parameters, query),
    },
    {
      id: 'readStreamEvents',
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}/events/data',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID, ...EVENT_PAGE, FOLLOW, ...EVENT_NAMES],
      answers: [
        eventPage(
          ref('EventPage'),
          ref('Event'),
          '{"events":[{"offset":"1","timestamp":1618133869000000000,"id":"Alert","value":"Help",' +
            '"tags":{"capacity":"over"}}],"next":null}',
        ),
      ],
      errors: [...READ_ERRORS, 'unknown_stream'],
      details: PAGE_DETAILS,
      meaning: 'stored events of a stream',
      served: 'express',
      handler: (context) => reads(context).streamEvents,
    },
    {
      id: 'readSamples',
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}/parameters/data',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID, ...SAMPLE_RANGE],
      answers: [
        json(
          { anyOf: [ref('SamplePage'), ref('SampleBuckets')] },
          'samples in order of time in the form of a package, with `next`; with `interval` the starts of buckets, and ' +
            'for each parameter a column of each aggregate',
          '{"epoch":0,"timestamps":[1618133869000000000],"numericValues":{"Speed":[120.5]},"stringValues":{},' +
            '"binaryValues":{},"tagValues":{"lap":["1"]},"next":null}',
        ),
      ],
      errors: [...READ_ERRORS, 'unknown_stream'],
      details:
        '`interval` sums samples up and needs `parameters` or `parameter`; it takes no `after`, `limit` and `epoch`, while ' +
        '`aggregate`, `origin` and `fill` are for it alone.',
      meaning: 'stored samples of a stream, one by one or summed up in buckets of time',
      served: 'express',
      handler: sampleReads,
    },
    {
      id: 'readTopicEvents',
      verb: 'GET',
      path: '/topics/{topic}/events/data',
      scope: ['read:{topic}'],
      parameters: [TOPIC, ...EVENT_PAGE, FOLLOW, ...EVENT_NAMES],
      answers: [
        eventPage(
          ref('TopicEventPage'),
          ref('TopicEvent'),
          '{"events":[{"offset":"1","streamId":"car-1","timestamp":1618133869000000000,"id":"Alert","value":"Help",' +
            '"tags":{"capacity":"over"}}],"next":null}',
        ),
      ],
      errors: READ_ERRORS,
      details: PAGE_DETAILS,
      meaning: 'stored events of all streams of a topic, with `streamId` in each',
      served: 'express',
      handler: (context) => reads(context).topicEvents,
    },
    {
      id: 'listTopics',
      verb: 'GET',
      path: '/topics',
      scope: 'any',
      parameters: [...PAGE, ACCESS_TOKEN],
      answers: listing(
        ref('TopicPage'),
        ref('TopicListingItem'),
        '`{"topics": […], "next": …}`',
        '{"topics":[{"name":"cars","kind":"events","createdAt":"2026-11-27T03:00:00.000Z",' +
          '"storedAt":"2026-11-27T03:00:05.000Z","position":"1","earliest":"0","events":1,"streams":1,"bytes":105,"retention":{"age":null,"bytes":null}}],"next":null}',
      ),
      errors: [],
      details: LISTING_DETAILS,
      meaning: 'the topics this token may read; as an event stream or lines: and what changes',
      served: 'express',
      handler: (context) => catalogueFollows(context, reads(context)).topics,
    },
    {
      id: 'topic',
      verb: 'GET',
      path: '/topics/{topic}',
      scope: ['read:{topic}'],
      parameters: [TOPIC],
      answers: [json(ref('Topic'), 'the topic as `GET /topics` lists it')],
      errors: ['unknown_topic'],
      meaning: 'a topic or data source: what it holds, for how long, and when something was last stored',
      served: 'express',
      handler: (context) => reads(context).topic,
    },
    {
      id: 'setRetention',
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
        schema: ref('RetentionSetting'),
      },
      answers: [DONE],
      errors: ['unknown_topic', 'invalid_properties', 'confirmation_required'],
      meaning: 'sets how long a topic keeps what it holds: `{"retention": {"age": "7d", "bytes": null}}`',
      served: 'express',
      handler: ({ bodies, ...services }) => topicCare(services, bodies).setRetention,
    },
    {
      id: 'removeTopic',
      verb: 'DELETE',
      path: '/topics/{topic}',
      scope: ['drop:{topic}'],
      parameters: [TOPIC],
      answers: [GONE],
      errors: ['unknown_topic', 'unknown_data_source', 'wrong_topic_kind'],
      meaning: 'removes a topic, or a data source, with all it holds',
      served: 'express',
      handler: ({ bodies, ...services }) => topicCare(services, bodies).removeTopic,
    },
    {
      id: 'listStreams',
      verb: 'GET',
      path: '/topics/{topic}/streams',
      scope: ['read:{topic}'],
      parameters: [TOPIC, ...PAGE, ACCESS_TOKEN],
      answers: listing(
        ref('StreamPage'),
        ref('StreamListingItem'),
        '`{"streams": […], "next": …}`',
        `{"streams":[${STREAM_EXAMPLE}],"next":null}`,
      ),
      errors: ['unknown_topic', 'wrong_topic_kind'],
      details: LISTING_DETAILS,
      meaning: 'streams of a topic; as an event stream or lines: and what changes',
      served: 'express',
      handler: (context) => catalogueFollows(context, reads(context)).streams,
    },
    {
      id: 'createStream',
      verb: 'POST',
      path: '/topics/{topic}/streams',
      scope: ['append:{topic}'],
      parameters: [TOPIC],
      body: { ...PROPERTIES, required: false },
      answers: [
        json(ref('CreatedStream'), '`{"streamId": "…"}`', '{"streamId":"0b1c0a6e-7f3a-4c43-9d3f-1f0e7b0b8a52"}'),
      ],
      errors: [...STREAM_WRITE_ERRORS, 'invalid_properties'],
      meaning: 'makes a stream with the properties of the body, and answers with its id: `{"streamId": "…"}`',
      served: 'express',
      handler: ({ service, bodies }) => streamWrites(service, bodies).create,
    },
    {
      id: 'readStream',
      verb: 'GET',
      path: '/topics/{topic}/streams/{streamId}',
      scope: ['read:{topic}'],
      parameters: [TOPIC, STREAM_ID],
      answers: [json(ref('Stream'), 'properties, status, number of events', STREAM_EXAMPLE)],
      errors: ['unknown_topic', 'unknown_stream', 'wrong_topic_kind'],
      meaning: 'a stream: properties, status, number of events',
      served: 'express',
      handler: (context) => reads(context).stream,
    },
    {
      id: 'updateStream',
      verb: 'PUT',
      path: '/topics/{topic}/streams/{streamId}',
      scope: ['append:{topic}'],
      parameters: [TOPIC, STREAM_ID],
      body: { ...PROPERTIES, required: true },
      answers: [DONE],
      errors: [...STREAM_WRITE_ERRORS, 'invalid_properties'],
      meaning: 'replaces all properties of a stream, which is made if there is none',
      served: 'express',
      handler: ({ service, bodies }) => streamWrites(service, bodies).update,
    },
    {
      id: 'removeStream',
      verb: 'DELETE',
      path: '/topics/{topic}/streams/{streamId}',
      scope: ['drop:{topic}'],
      parameters: [TOPIC, STREAM_ID],
      answers: [GONE],
      errors: ['unknown_topic', 'unknown_stream', 'wrong_topic_kind'],
      meaning: 'removes a stream with its events',
      served: 'express',
      handler: ({ bodies, ...services }) => topicCare(services, bodies).removeStream,
    },
    {
      id: 'closeStream',
      verb: 'POST',
      path: '/topics/{topic}/streams/{streamId}/close',
      scope: ['append:{topic}'],
      parameters: [TOPIC, STREAM_ID],
      answers: [DONE],
      errors: ['unknown_topic', 'unknown_stream', 'wrong_topic_kind'],
      meaning: 'marks a stream closed; sending to it opens it again',
      served: 'express',
      handler: ({ service, bodies }) => streamWrites(service, bodies).close,
    },
    ...DEFINITION_ROUTES,
  ],
};
