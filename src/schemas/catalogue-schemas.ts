import { arrayOf, closedObject, integer, type JsonSchema, mapOf, nullableText, object, ref, text } from './json-schema';

const DATE_TIME: JsonSchema = { type: 'string', format: 'date-time', description: 'ISO 8601 in UTC' };

const AGE: JsonSchema = {
  type: ['string', 'null'],
  description:
    'how long records are kept after they were stored: a whole number and `s`, `m`, `h` or `d`, or `never`; `null`: ' +
    'what the server is set to',
  examples: ['7d'],
};

const BYTES: JsonSchema = {
  type: ['integer', 'null'],
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'how many bytes of text are kept; 0: any number; `null`: what the server is set to',
};

const PROPERTIES = {
  name: text('what it is called'),
  location: text('a path by which streams are grouped, such as `/cars/trials`'),
  metadata: mapOf(text(), 'strings by name'),
  parents: arrayOf(text(), 'ids of streams that it was made from'),
  timeOfRecording: text('ISO 8601 with a zone'),
};

/** A property that may be `null`, which is the same as absent. */
function nullable({ type, ...schema }: JsonSchema & { readonly type?: unknown }): JsonSchema {
  return { type: [type as 'string', 'null'], ...schema };
}

const STORED_AT: JsonSchema = {
  type: ['string', 'null'],
  format: 'date-time',
  description: 'when something was last stored; `null`: nothing',
};

const SHARED_TOPIC = {
  name: ref('TopicName'),
  createdAt: DATE_TIME,
  storedAt: STORED_AT,
  position: ref('Position'),
  earliest: ref('Position'),
  bytes: integer('of text that it holds'),
  retention: object({ age: AGE, bytes: BYTES }),
};

/** Topics and streams. */
export const CATALOGUE_SCHEMAS = {
  TopicName: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: '^[^/\\\\\\u0000-\\u001f\\u007f-\\u009f]+$',
    description:
      'At most 255 bytes of UTF-8 without `/`, `\\` and control characters, and neither `.` nor `..`. A topic of ' +
      'events and a data source of rows are the same thing under two names.',
    examples: ['cars'],
  },
  StreamId: {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: '^[^/\\\\\\u0000-\\u001f\\u007f-\\u009f]+$',
    description: 'At most 255 bytes of UTF-8 without `/`, `\\` and control characters, and neither `.` nor `..`.',
    examples: ['car-1'],
  },
  Topic: {
    description:
      'A topic. `position` is where it ends and `earliest` before what it begins with: what `after` and `from` take.',
    ...object(
      {
        name: SHARED_TOPIC.name,
        kind: { type: 'string', enum: ['events', 'rows'] },
        createdAt: SHARED_TOPIC.createdAt,
        storedAt: SHARED_TOPIC.storedAt,
        position: SHARED_TOPIC.position,
        earliest: SHARED_TOPIC.earliest,
        bytes: SHARED_TOPIC.bytes,
        retention: SHARED_TOPIC.retention,
      },
      {
        events: integer('how many events and packages it holds, when its kind is `events`'),
        rows: integer('how many rows it holds, when its kind is `rows`'),
        streams: integer('how many streams it has, when its kind is `events`'),
      },
    ),
  },
  TopicPage: {
    description: 'Topics in the order of their names.',
    ...object({
      topics: arrayOf(ref('Topic')),
      next: nullableText('what to give as `after` for the next page; `null`: there is no more now'),
    }),
  },
  RetentionSetting: {
    description: 'How long a topic keeps what it holds. What is not named stays as it is.',
    ...closedObject({ retention: closedObject({}, { age: AGE, bytes: BYTES }) }),
  },
  StreamProperties: {
    description:
      'Properties of a stream, all of them optional; `null` is the same as absent. Names may begin in upper case too; ' +
      'any other property is refused.',
    type: ['object', 'null'],
    properties: Object.fromEntries(Object.entries(PROPERTIES).map(([name, schema]) => [name, nullable(schema)])),
    additionalProperties: false,
  },
  Stream: {
    description: 'A stream with the properties that it has.',
    ...object(
      {
        streamId: ref('StreamId'),
        status: { type: 'string', enum: ['open', 'closed'] },
        createdAt: DATE_TIME,
        updatedAt: DATE_TIME,
        eventCount: integer('how many events it holds'),
      },
      {
        ...PROPERTIES,
        firstTimestamp: ref('Timestamp'),
        lastTimestamp: ref('Timestamp'),
      },
    ),
  },
  StreamPage: {
    description: 'Streams in the order of their ids.',
    ...object({
      streams: arrayOf(ref('Stream')),
      next: nullableText('what to give as `after` for the next page; `null`: there is no more now'),
    }),
  },
  CreatedStream: { description: 'The id that the server has chosen.', ...object({ streamId: ref('StreamId') }) },
} as const satisfies Record<string, JsonSchema>;
