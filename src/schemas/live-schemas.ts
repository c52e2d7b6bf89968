import { arrayOf, constant, integer, type JsonSchema, mapOf, nullableText, object, ref, text } from './json-schema';
import { CATALOGUE_SCHEMAS } from './catalogue-schemas';
import { SAMPLE_MEMBERS } from './parameter-schemas';

const DATE_TIME: JsonSchema = { type: 'string', format: 'date-time' };

/** Which of several reads of a call an item is of. */
const READ = { read: integer('which of the reads of the call it is of, when they were given as an array') };

const TEXT_OR_TIME: JsonSchema = { anyOf: [ref('Timestamp'), ref('TimestampDigits')] };

const SAMPLES_AS_ASKED = {
  ...SAMPLE_MEMBERS,
  epoch: TEXT_OR_TIME,
  timestamps: arrayOf(TEXT_OR_TIME, 'nanoseconds from `epoch` on'),
};

const QUIX_TOPIC = { topicId: text('the id that clients of Quix know'), topicName: ref('TopicName') };

/** What is sent as it comes: over HTTP and at the hub. */
export const LIVE_SCHEMAS = {
  End: {
    description: 'The last line or event: why there is no more. Without it, the connection was cut.',
    ...object({ code: text('a code of the errors'), message: text() }, { earliest: ref('Position') }),
  },
  EndLine: object({ end: ref('End') }),
  CaughtUp: {
    description: 'Everything that is stored has been read up to here.',
    ...object({ position: ref('Position') }),
  },
  StartMark: {
    description: 'Everything there is follows; whatever was known before is void.',
    ...object({ type: constant('start') }),
  },
  CaughtUpMark: {
    description: 'Everything there was has been given; what follows is new.',
    ...object({ type: constant('caught-up') }),
  },
  TopicState: {
    description: 'A topic as it is now.',
    ...stateOf('topic', CATALOGUE_SCHEMAS.Topic),
  },
  TopicRemoved: { description: 'A topic has gone.', ...object({ type: constant('removed'), name: ref('TopicName') }) },
  StreamState: {
    description: 'A stream as it is now.',
    ...stateOf('stream', CATALOGUE_SCHEMAS.Stream),
  },
  StreamRemoved: {
    description: 'A stream has gone.',
    ...object({ type: constant('removed'), streamId: ref('StreamId') }),
  },
  TopicListingItem: {
    description: 'An item of a list of topics that goes on.',
    oneOf: [ref('StartMark'), ref('CaughtUpMark'), ref('TopicState'), ref('TopicRemoved')],
  },
  StreamListingItem: {
    description: 'An item of a list of streams that goes on.',
    oneOf: [ref('StartMark'), ref('CaughtUpMark'), ref('StreamState'), ref('StreamRemoved')],
  },
  ReadMark: {
    description:
      'How far a read is: `start` comes first of all, `progress` at most every second while there is nothing for the ' +
      'reader, `caught-up` each time that everything stored has been read.',
    ...object(
      {
        type: { type: 'string', enum: ['start', 'progress', 'caught-up'] },
        topic: ref('TopicName'),
        position: ref('Position'),
      },
      READ,
    ),
  },
  ReadEvent: {
    description: 'An event of a read.',
    ...object(
      {
        type: constant('event'),
        topic: ref('TopicName'),
        offset: ref('Position'),
        streamId: ref('StreamId'),
        timestamp: TEXT_OR_TIME,
        id: text(),
        value: nullableText(),
        tags: mapOf(text()),
      },
      READ,
    ),
  },
  ReadParameterData: {
    description: 'A package of parameter data of a read.',
    ...object(
      {
        type: constant('parameters'),
        topic: ref('TopicName'),
        offset: ref('Position'),
        streamId: ref('StreamId'),
        ...SAMPLES_AS_ASKED,
      },
      READ,
    ),
  },
  ReadRow: {
    description: 'A row of a data source, or of its quarantine.',
    ...object({ type: constant('row'), topic: ref('TopicName'), offset: ref('Position'), row: mapOf({}) }),
  },
  ReceivedEvent: {
    description: 'An event as clients of Quix know it, with its position as `offset`.',
    ...object({
      ...QUIX_TOPIC,
      streamId: ref('StreamId'),
      id: text(),
      timestamp: ref('Timestamp'),
      value: nullableText(),
      tags: mapOf(text()),
      offset: ref('Position'),
    }),
  },
  ReceivedParameterData: {
    description: 'A package of parameter data, or the part of it that is subscribed to.',
    ...object({ ...QUIX_TOPIC, streamId: ref('StreamId'), ...SAMPLE_MEMBERS, offset: ref('Position') }),
  },
  ReceivedPackage: {
    description: 'Events that follow each other in a stream, or a package of parameter data, as JSON text in `value`.',
    ...object({
      ...QUIX_TOPIC,
      streamId: ref('StreamId'),
      type: text('`QuixStreams.Telemetry.Models.EventDataRaw[]` or `QuixStreams.Telemetry.Models.TimeseriesDataRaw`'),
      value: text('JSON text whose names begin in upper case'),
      dateTime: DATE_TIME,
    }),
  },
  ActiveStream: {
    description: 'A stream that is written to, as clients of Quix know it.',
    ...object({
      streamId: ref('StreamId'),
      ...QUIX_TOPIC,
      name: text('the id, if it has none'),
      location: nullableText(),
      metadata: mapOf(text()),
      parents: arrayOf(text()),
      timeOfRecording: nullableText(),
      parameters: mapOf({ type: 'object' }, 'definitions by id, each with the `dataType` of its values'),
      events: mapOf({ type: 'object' }, 'definitions by id'),
      firstSeen: DATE_TIME,
      lastSeen: DATE_TIME,
      status: constant('Receiving'),
      lastData: { type: ['string', 'null'], format: 'date-time' },
    }),
  },
  TopicMetrics: {
    description: 'What happened in a topic in one second.',
    ...object({
      timestamp: { ...DATE_TIME, description: 'when the second began' },
      ...QUIX_TOPIC,
      bytesPerSecond: integer('of JSON text that was committed'),
      activeStreams: integer(),
    }),
  },
} as const satisfies Record<string, JsonSchema>;

/** All that is known of something, with its type in front. */
function stateOf(type: string, { required, properties }: ObjectSchema): JsonSchema {
  return {
    type: 'object',
    required: ['type', ...(required ?? [])],
    properties: { type: constant(type), ...properties },
  };
}

type ObjectSchema = Pick<JsonSchema, 'required' | 'properties'>;
