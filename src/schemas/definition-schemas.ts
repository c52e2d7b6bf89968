import { arrayOf, closedObject, type JsonSchema, nullableText, object, ref, text } from './json-schema';

const LEVELS = ['Trace', 'Debug', 'Information', 'Warning', 'Error', 'Critical'] as const;

const ID: JsonSchema = {
  type: 'string',
  minLength: 1,
  pattern: '^[^/\\\\]+$',
  description: 'the id that the data has',
};

const NUMBER: JsonSchema = { type: ['number', 'null'], description: 'of the range of a chart, not of the values' };

const COMMON_SENT = {
  name: nullableText('for people'),
  description: nullableText('for people'),
  location: nullableText('a folder such as `/chassis`, by which clients group'),
  customProperties: nullableText("text of the sender's own; it may hold JSON"),
};

const COMMON_GIVEN = {
  name: text('for people'),
  description: text('for people'),
  location: text('a folder, with one `/` in front and none behind'),
  customProperties: text("text of the sender's own"),
};

const QUIX_COMMON = {
  Id: text(),
  Name: nullableText(),
  Description: nullableText(),
  CustomProperties: nullableText(),
  Location: nullableText(),
};

const QUIX_NUMBER: JsonSchema = { type: ['number', 'null'] };

/** What is said of parameters and events. */
export const DEFINITION_SCHEMAS = {
  ParameterDefinitionsToStore: {
    description: 'Replaces what is said of the parameters of a stream; `[]` removes it. An id stands in it once.',
    ...arrayOf(
      closedObject(
        { id: ID },
        {
          ...COMMON_SENT,
          minimumValue: NUMBER,
          maximumValue: NUMBER,
          unit: nullableText(),
          format: nullableText('how values are shown'),
        },
      ),
    ),
  },
  EventDefinitionsToStore: {
    description: 'Replaces what is said of the events of a stream; `[]` removes it. An id stands in it once.',
    ...arrayOf(
      closedObject(
        { id: ID },
        {
          ...COMMON_SENT,
          level: {
            description: 'by name, in any case, or by number; absent: `Information`',
            anyOf: [
              { type: 'string', examples: [...LEVELS] },
              { type: 'integer', minimum: 0, maximum: 5 },
              { type: 'null' },
            ],
          },
        },
      ),
    ),
  },
  Definitions: {
    description: 'What is said of the parameters and events of a stream, each with what it has.',
    ...object({
      parameters: arrayOf(
        object(
          { id: ID },
          {
            ...COMMON_GIVEN,
            minimumValue: { type: 'number' },
            maximumValue: { type: 'number' },
            unit: text(),
            format: text(),
          },
        ),
      ),
      events: arrayOf(object({ id: ID, level: { type: 'string', enum: LEVELS } }, COMMON_GIVEN)),
    }),
  },
  ParameterDefinitionsUpdate: {
    description: 'All that is said of the parameters of a stream; an empty list: it was removed.',
    ...object({
      topicName: ref('TopicName'),
      streamId: ref('StreamId'),
      definitions: arrayOf(
        object({ ...QUIX_COMMON, MinimumValue: QUIX_NUMBER, MaximumValue: QUIX_NUMBER, Unit: nullableText() }),
      ),
    }),
  },
  EventDefinitionsUpdate: {
    description: 'All that is said of the events of a stream; an empty list: it was removed.',
    ...object({
      topicName: ref('TopicName'),
      streamId: ref('StreamId'),
      definitions: arrayOf(object({ ...QUIX_COMMON, Level: { type: 'string', enum: LEVELS } })),
    }),
  },
} as const satisfies Record<string, JsonSchema>;
