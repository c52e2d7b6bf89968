import { arrayOf, closedObject, integer, object, ref } from '../../schemas/json-schema';
import type { MethodAnswer, MethodGroup } from './method-description';
import { SEND_OPTIONS, STREAM_ID, TOPIC, UPLOAD_OPTIONS } from './parameters';

const UPLOADED: MethodAnswer = {
  schema: object(
    { batches: integer('how many items were stored'), bytes: integer('of their text') },
    { warnings: arrayOf({ type: 'string' }, 'what probably is in another unit than nanoseconds, once per stream') },
  ),
  meaning: '`{batches, bytes}`, once all of it is on disk; `warnings` where there are any',
};

const SENT: MethodAnswer = {
  schema: {
    anyOf: [
      { type: 'null' },
      object({ warning: { type: 'string', description: 'what probably is in another unit than nanoseconds' } }),
    ],
  },
  meaning: 'nothing, once it is on disk; `{warning}` once per stream whose timestamps seem to be in another unit',
};

const APPEND_ERRORS = [
  'malformed_json',
  'invalid_name',
  'forbidden',
  'unknown_topic',
  'wrong_topic_kind',
  'message_too_large',
  'topic_limit',
  'stream_limit',
] as const;

const KEY_ERRORS = ['invalid_idempotency_key', 'idempotency_mismatch'] as const;

const MAKES = 'The stream comes into being with the first event, and so does the topic, if the token may create it.';

const UPLOAD =
  'The client sends one item after the other, as fast as the disk takes them; each is a batch of its own. The first that is ' +
  'refused ends the upload, and the error says which it was: those before it are stored.';

/** What writes events and streams. */
export const WRITER_METHODS: MethodGroup = {
  heading: 'Write events and streams',
  meaning: 'Each is answered when what it has stored is on disk, committed and synced.',
  methods: {
    SendEventData: {
      parameters: [
        TOPIC,
        STREAM_ID,
        { name: 'events', schema: ref('EventsToStore'), meaning: 'an array of events, or one bare event' },
        SEND_OPTIONS,
      ],
      answer: SENT,
      scope: ['append:{topic}'],
      errors: [...APPEND_ERRORS, 'invalid_events', ...KEY_ERRORS],
      meaning: 'stores a batch of events, all of them or none',
      details: MAKES,
      example:
        'await connection.invoke("SendEventData", "cars", "car-1", [\n' +
        '  { id: "Alert", timestamp: `${Date.now()}000000`, tags: { capacity: "over" }, value: "Help" },\n' +
        ']);',
    },
    StreamEvents: {
      parameters: [
        TOPIC,
        {
          name: 'items',
          isStream: true,
          schema: closedObject({ streamId: ref('StreamId'), events: ref('EventsToStore') }),
          meaning: 'batches of events',
        },
        UPLOAD_OPTIONS,
      ],
      answer: UPLOADED,
      scope: ['append:{topic}'],
      errors: [...APPEND_ERRORS, 'invalid_events', 'request_timeout'],
      meaning: 'stores a stream of batches from the client',
      details: UPLOAD,
      example:
        'const items = new signalR.Subject();\n' +
        'const uploaded = connection.invoke("StreamEvents", "cars", items);\n' +
        'items.next({ streamId: "car-1", events: [{ id: "Lap", timestamp: `${Date.now()}000000` }] });\n' +
        'items.complete();\n' +
        'console.log((await uploaded).batches);',
    },
    CreateStream: {
      parameters: [
        TOPIC,
        { name: 'properties', optional: true, schema: ref('StreamProperties'), meaning: 'properties of the stream' },
      ],
      answer: { schema: ref('CreatedStream'), meaning: '`{streamId}`, which the server has chosen' },
      scope: ['append:{topic}'],
      errors: [
        'invalid_name',
        'invalid_properties',
        'forbidden',
        'unknown_topic',
        'wrong_topic_kind',
        'topic_limit',
        'stream_limit',
      ],
      meaning: 'makes a stream',
      example: 'const { streamId } = await connection.invoke("CreateStream", "cars", { name: "First lap" });',
    },
    UpdateStream: {
      parameters: [
        TOPIC,
        STREAM_ID,
        { name: 'properties', schema: ref('StreamProperties'), meaning: 'all of them; `{}` removes them' },
      ],
      scope: ['append:{topic}'],
      errors: [
        'invalid_name',
        'invalid_properties',
        'forbidden',
        'unknown_topic',
        'wrong_topic_kind',
        'topic_limit',
        'stream_limit',
      ],
      meaning: 'replaces all properties of a stream, which is made if there is none',
      example: 'await connection.invoke("UpdateStream", "cars", "car-1", { location: "/cars/trials" });',
    },
    CloseStream: {
      parameters: [TOPIC, STREAM_ID],
      scope: ['append:{topic}'],
      errors: ['invalid_name', 'forbidden', 'unknown_topic', 'unknown_stream', 'wrong_topic_kind'],
      meaning: 'marks a stream closed; sending to it opens it again',
      example: 'await connection.invoke("CloseStream", "cars", "car-1");',
    },
  },
};

/** What writes parameter data. */
export const PARAMETER_METHODS: MethodGroup = {
  heading: 'Write parameter data',
  meaning: 'Samples over time, in the form of Quix: a column of timestamps, and a column of values for each parameter.',
  methods: {
    SendParameterData: {
      parameters: [
        TOPIC,
        STREAM_ID,
        { name: 'data', schema: ref('ParameterDataToStore'), meaning: 'a package of parameter data' },
        SEND_OPTIONS,
      ],
      answer: SENT,
      scope: ['append:{topic}'],
      errors: [...APPEND_ERRORS, 'invalid_parameters', ...KEY_ERRORS],
      meaning: 'stores a package of parameter data, whole or not at all',
      details: MAKES,
      example:
        'await connection.invoke("SendParameterData", "cars", "car-1", {\n' +
        '  epoch: `${Date.now()}000000`,\n' +
        '  timestamps: [0, 1000000],\n' +
        '  numericValues: { Speed: [120.5, 121] },\n' +
        '});',
    },
    UploadParameters: {
      parameters: [
        TOPIC,
        {
          name: 'items',
          isStream: true,
          schema: closedObject({ streamId: ref('StreamId'), data: ref('ParameterDataToStore') }),
          meaning: 'packages of parameter data',
        },
        UPLOAD_OPTIONS,
      ],
      answer: UPLOADED,
      scope: ['append:{topic}'],
      errors: [...APPEND_ERRORS, 'invalid_parameters', 'request_timeout'],
      meaning: 'stores a stream of packages from the client',
      details: UPLOAD,
    },
  },
};

const DEFINE_ERRORS = [
  'malformed_json',
  'invalid_name',
  'invalid_definitions',
  'forbidden',
  'unknown_topic',
  'wrong_topic_kind',
  'topic_limit',
  'stream_limit',
] as const;

/** What says what parameters and events are. */
export const DEFINITION_METHODS: MethodGroup = {
  heading: 'Definitions',
  meaning:
    'What is said of the parameters and events of a stream. It describes; nothing is converted or refused by it.',
  methods: {
    UpdateParameterDefinitions: {
      parameters: [
        TOPIC,
        STREAM_ID,
        { name: 'definitions', schema: ref('ParameterDefinitionsToStore'), meaning: 'all of them; `[]` removes them' },
      ],
      scope: ['append:{topic}'],
      errors: DEFINE_ERRORS,
      meaning: 'replaces what is said of the parameters of a stream, which is made if there is none',
      example:
        'await connection.invoke("UpdateParameterDefinitions", "cars", "car-1", [\n' +
        '  { id: "Speed", unit: "km/h", minimumValue: 0, maximumValue: 400 },\n' +
        ']);',
    },
    UpdateEventDefinitions: {
      parameters: [
        TOPIC,
        STREAM_ID,
        { name: 'definitions', schema: ref('EventDefinitionsToStore'), meaning: 'all of them; `[]` removes them' },
      ],
      scope: ['append:{topic}'],
      errors: DEFINE_ERRORS,
      meaning: 'replaces what is said of the events of a stream, which is made if there is none',
    },
    ReadDefinitions: {
      parameters: [TOPIC, STREAM_ID],
      answer: { schema: ref('Definitions'), meaning: '`{parameters, events}`, as they were put' },
      scope: ['read:{topic}'],
      errors: ['invalid_name', 'forbidden', 'unknown_topic', 'unknown_stream', 'wrong_topic_kind'],
      meaning: 'what is said of the parameters and events of a stream',
      example: 'const { parameters } = await connection.invoke("ReadDefinitions", "cars", "car-1");',
    },
  },
};
