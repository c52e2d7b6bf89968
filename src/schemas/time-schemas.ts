import { type JsonSchema, ref } from './json-schema';

/** A time that a sender gives, in any of the forms that are understood. */
export const anyOfTimes: JsonSchema = {
  description:
    'Nanoseconds since 1970 as an integer, the same digits in quotes (what JavaScript needs beyond 2^53), or ISO 8601 ' +
    'with a zone and up to nine digits of a second.',
  anyOf: [ref('Timestamp'), ref('TimestampDigits'), ref('TimestampText')],
};

/** Times, positions and names. */
export const TIME_SCHEMAS = {
  Timestamp: {
    type: 'integer',
    format: 'int64',
    description:
      'Nanoseconds since 1970-01-01T00:00:00Z, all 64 bits, written as a JSON integer of up to 19 digits. Most JSON ' +
      'parsers of JavaScript round it to 53 bits: parse it losslessly, or ask for small numbers or text where a route ' +
      'offers them.',
    examples: [1618133869000000000],
  },
  TimestampDigits: {
    type: 'string',
    pattern: '^-?[0-9]{1,19}$',
    description: 'Nanoseconds since 1970 as digits, exact in every language.',
    examples: ['1618133869000000001'],
  },
  TimestampText: {
    type: 'string',
    pattern:
      '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$',
    description: 'ISO 8601 with a zone, between the years 1677 and 2262, at most nine digits of a second.',
    examples: ['2021-04-11T09:37:49.000000001Z'],
  },
  Position: {
    type: 'string',
    pattern: '^[\\x21-\\x7e]{1,512}$',
    description:
      'A place in a topic. It is opaque: hand it back as it came, in `after` or `from`. It can be kept and used later, ' +
      'also after the server was restarted.',
    examples: ['1'],
  },
  NextPosition: {
    type: ['string', 'null'],
    description: 'What to give as `after` for the next page; `null`: there is no more now.',
  },
} as const satisfies Record<string, JsonSchema>;
