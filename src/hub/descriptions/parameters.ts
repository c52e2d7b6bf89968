import { arrayOf, closedObject, type JsonSchema, mapOf, ref } from '../../schemas/json-schema';
import { anyOfTimes } from '../../schemas/time-schemas';
import type { MethodParameter } from './method-description';

export const TOPIC: MethodParameter = { name: 'topic', schema: ref('TopicName'), meaning: 'name of the topic' };

export const STREAM_ID: MethodParameter = { name: 'streamId', schema: ref('StreamId'), meaning: 'id of the stream' };

/** A topic, or all that the token may read. */
export const TOPIC_OR_ALL: MethodParameter = {
  ...TOPIC,
  meaning: 'name of the topic; `*`: all that the token may read',
};

/** A stream, or all of the topic. */
export const STREAM_OR_ALL: MethodParameter = { ...STREAM_ID, meaning: 'id of the stream; `*`: all of them' };

const STRICT: JsonSchema = {
  type: ['boolean', 'null'],
  description: 'whether timestamps in January 1970 are refused: they seem to be in another unit',
};

export const SEND_OPTIONS: MethodParameter = {
  name: 'options',
  optional: true,
  schema: closedObject(
    {},
    {
      idempotencyKey: {
        type: ['string', 'null'],
        maxLength: 255,
        description: 'makes a retry safe: the same batch under the same key is stored once',
      },
      strict: STRICT,
    },
  ),
  meaning: '`{idempotencyKey, strict}`',
};

export const UPLOAD_OPTIONS: MethodParameter = {
  name: 'options',
  optional: true,
  schema: closedObject({}, { strict: STRICT }),
  meaning: '`{strict}`',
};

/** Where a reader begins. */
export const FROM: JsonSchema = {
  description: 'where to begin: `latest` (the default), `earliest`, a position, or what was stored since a time',
  anyOf: [ref('Position'), closedObject({ time: anyOfTimes }), { type: 'null' }],
};

/** The only option of who subscribes. */
export const SUBSCRIBE_OPTIONS: MethodParameter = {
  name: 'options',
  optional: true,
  schema: closedObject({}, { from: FROM }),
  meaning: '`{from}`, of one topic: begins earlier than now',
};

const NAMES = (what: string): JsonSchema => ({
  ...arrayOf({ type: 'string' }, `only ${what}; \`*\`: all`),
  type: ['array', 'null'],
  minItems: 1,
  maxItems: 100,
});

const COMMON = {
  streamId: { type: ['string', 'null'], description: 'only this stream; `*`: all' },
  from: FROM,
  timestamps: {
    enum: ['number', 'text', null],
    description: 'how timestamps are written; `text` keeps all digits in JavaScript',
  },
} as const satisfies Record<string, JsonSchema>;

/** The options of a read of events. */
export const EVENT_READ_OPTIONS = {
  ...COMMON,
  ids: NAMES('events with one of these ids'),
  tags: { ...mapOf({ type: 'string' }, 'only events with all of these tags'), type: ['object', 'null'] },
} as const satisfies Record<string, JsonSchema>;

/** The options of a read of parameter data. */
export const PARAMETER_READ_OPTIONS = {
  ...COMMON,
  parameters: NAMES('packages with one of these parameters, and of them only their values'),
} as const satisfies Record<string, JsonSchema>;

/** `(topic, options?)`, or `([{topic, ...options}, …])`. */
export function readParameters(options: Readonly<Record<string, JsonSchema>>): readonly MethodParameter[] {
  return [
    {
      name: 'topic',
      schema: {
        anyOf: [
          ref('TopicName'),
          { ...arrayOf(closedObject({ topic: ref('TopicName') }, options)), minItems: 1, maxItems: 100 },
        ],
      },
      meaning: 'name of the topic; or an array of up to 100 reads `{topic, …options}`, then without a second argument',
    },
    {
      name: 'options',
      optional: true,
      schema: closedObject({}, options),
      meaning: `\`{${Object.keys(options).join(', ')}}\``,
    },
  ];
}
