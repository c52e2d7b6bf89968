import { closedObject, ref } from '../../schemas/json-schema';
import type { MethodGroup } from './method-description';
import { EVENT_READ_OPTIONS, FROM, PARAMETER_READ_OPTIONS, readParameters, TOPIC } from './parameters';

const READ_ERRORS = [
  'invalid_name',
  'forbidden',
  'unknown_topic',
  'unknown_stream',
  'wrong_topic_kind',
  'position_gone',
  'store_busy',
] as const;

const LIVE =
  'What is stored comes first, from where `from` says, then what comes, each once. The stream goes on until the client ' +
  'cancels it, and ends with an error when the topic is removed, the token ends, or the server stops. `offset` of the last ' +
  'item is where to go on (`from`) after a cut.';

/** What reads live, as streams. */
export const READER_METHODS: MethodGroup = {
  heading: 'Read live',
  meaning: 'Streams of items, each with a `type`. A reader that is slow slows down its own reads alone.',
  methods: {
    ReadEvents: {
      parameters: readParameters(EVENT_READ_OPTIONS),
      answer: {
        isStream: true,
        schema: { oneOf: [ref('ReadEvent'), ref('ReadMark')] },
        meaning: 'events, and marks that say how far the read is',
      },
      scope: ['read:{topic}'],
      errors: READ_ERRORS,
      meaning: 'events of topics and streams: those that are stored, then those that come',
      details: LIVE,
      example:
        'connection.stream("ReadEvents", "cars", { from: "earliest", ids: ["Alert"] }).subscribe({\n' +
        '  next: (item) => item.type === "event" && console.log(item.streamId, item.value),\n' +
        '  error: console.error,\n' +
        '  complete: () => {},\n' +
        '});',
    },
    ReadParameters: {
      parameters: readParameters(PARAMETER_READ_OPTIONS),
      answer: {
        isStream: true,
        schema: { oneOf: [ref('ReadParameterData'), ref('ReadMark')] },
        meaning: 'packages, and marks that say how far the read is',
      },
      scope: ['read:{topic}'],
      errors: READ_ERRORS,
      meaning: 'packages of parameter data of topics and streams: those that are stored, then those that come',
      details: LIVE,
      example:
        'connection.stream("ReadParameters", "cars", { parameters: ["Speed"], timestamps: "text" }).subscribe({\n' +
        '  next: (item) => item.type === "parameters" && console.log(item.numericValues.Speed),\n' +
        '  error: console.error,\n' +
        '  complete: () => {},\n' +
        '});',
    },
    ReadRows: {
      parameters: [
        { name: 'name', schema: ref('TopicName'), meaning: 'name of the data source' },
        {
          name: 'options',
          optional: true,
          schema: closedObject(
            {},
            {
              from: FROM,
              quarantine: { type: ['boolean', 'null'], description: 'whether rows that did not fit are read instead' },
              integers: {
                enum: ['number', 'text', null],
                description: 'how integers of 64 bits are written; `text` keeps all digits in JavaScript',
              },
            },
          ),
          meaning: '`{from, quarantine, integers}`',
        },
      ],
      answer: {
        isStream: true,
        schema: { oneOf: [ref('ReadRow'), ref('ReadMark')] },
        meaning: 'rows, and marks that say how far the read is',
      },
      scope: ['read:{name}'],
      errors: ['invalid_name', 'forbidden', 'unknown_data_source', 'wrong_topic_kind', 'position_gone', 'store_busy'],
      meaning: 'rows of a data source, or of its quarantine: those that are stored, then those that come',
      details: LIVE,
    },
    ReadTopics: {
      parameters: [],
      answer: { isStream: true, schema: ref('TopicListingItem'), meaning: 'topics, then what changes' },
      scope: 'any',
      errors: ['store_busy'],
      meaning: 'the topics that the token may read, and what becomes of them',
    },
    ReadStreams: {
      parameters: [TOPIC],
      answer: { isStream: true, schema: ref('StreamListingItem'), meaning: 'streams, then what changes' },
      scope: ['read:{topic}'],
      errors: ['invalid_name', 'forbidden', 'unknown_topic', 'wrong_topic_kind', 'store_busy'],
      meaning: 'the streams of a topic, and what becomes of them',
      example:
        'connection.stream("ReadStreams", "cars").subscribe({\n' +
        '  next: (item) => {\n' +
        '    if (item.type === "start") cars.clear();\n' +
        '    else if (item.type === "stream") cars.set(item.streamId, item);\n' +
        '    else if (item.type === "removed") cars.delete(item.streamId);\n' +
        '  },\n' +
        '  error: console.error,\n' +
        '  complete: () => {},\n' +
        '});',
    },
  },
};
