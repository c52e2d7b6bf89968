import { arrayOf, closedObject, type JsonSchema, mapOf, nullableText, object, ref } from './json-schema';

const NUMBERS: JsonSchema = { type: ['number', 'null'] };
const STRINGS = nullableText();
const BASE64: JsonSchema = { type: ['string', 'null'], contentEncoding: 'base64' };

/** Columns as long as `timestamps`, by the ids of parameters. */
function columns(values: JsonSchema, description: string): JsonSchema {
  return mapOf(arrayOf(values), description);
}

function sentColumns(values: JsonSchema, description: string): JsonSchema {
  return { ...columns(values, description), type: ['object', 'null'] };
}

const VALUES = {
  numericValues: columns(NUMBERS, 'numbers, digit by digit as they were sent'),
  stringValues: columns(STRINGS, 'texts'),
  binaryValues: columns(BASE64, 'base64'),
};

const TAG_VALUES = columns(STRINGS, 'tags of the samples, by name');

const SAMPLES = {
  epoch: ref('Timestamp'),
  timestamps: arrayOf(ref('Timestamp'), 'nanoseconds from `epoch` on'),
  ...VALUES,
  tagValues: TAG_VALUES,
};

const SENT_TIMES: readonly JsonSchema[] = [ref('Timestamp'), ref('TimestampDigits'), ref('TimestampText')];

const SUMS: JsonSchema = {
  type: 'object',
  description: 'columns of `count`, `min`, `minTimestamps`, `max`, `maxTimestamps`, `mean`, `sum`, `first`, …',
  additionalProperties: arrayOf({ type: ['number', 'string', 'null'] }),
};

/** Parameter data. */
export const PARAMETER_SCHEMAS = {
  ParameterDataToStore: {
    description:
      'A package of samples over time, stored whole or not at all. Every column is as long as `timestamps`; `null` says ' +
      'that there is no sample. Names may begin in upper case too; any other property is refused.',
    ...closedObject(
      {
        timestamps: arrayOf(
          { anyOf: SENT_TIMES },
          'nanoseconds, which the epoch is added to; or ISO 8601 with a zone, where there is no epoch',
        ),
      },
      {
        epoch: {
          description: 'nanoseconds since 1970, or ISO 8601 with a zone; absent: 0',
          anyOf: [...SENT_TIMES, { type: 'null' }],
        },
        numericValues: sentColumns(NUMBERS, 'numbers by parameter'),
        stringValues: sentColumns(STRINGS, 'texts by parameter'),
        binaryValues: sentColumns(BASE64, 'base64 with its padding, by parameter'),
        tagValues: sentColumns(STRINGS, 'texts by tag'),
      },
    ),
  },
  ParameterPackage: {
    description: 'A package of parameter data as it was stored.',
    ...object({ offset: ref('Position'), streamId: ref('StreamId'), ...SAMPLES }),
  },
  SamplePage: {
    description: 'Samples of a stream in order of time, in the form of a package.',
    ...object({ ...SAMPLES, next: ref('NextPosition') }),
  },
  SampleBuckets: {
    description: 'Samples summed up in buckets of time: for each parameter a column of each aggregate.',
    ...object({
      interval: { type: 'integer', format: 'int64', description: 'length of a bucket in nanoseconds' },
      timestamps: arrayOf(ref('Timestamp'), 'where buckets begin'),
      numericValues: mapOf(SUMS),
      stringValues: mapOf(SUMS),
      binaryValues: mapOf(SUMS),
    }),
  },
} as const satisfies Record<string, JsonSchema>;

/** The members of a package, for whoever sends more with it. */
export const SAMPLE_MEMBERS = SAMPLES;
