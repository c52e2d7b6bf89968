import { DEFAULT_PAGE, MAX_PAGE } from '../page-query';
import type { Parameter } from '../route';

/** What can name a topic or a stream; 255 bytes of UTF-8 at the most. */
const NAME_IN_PATH = {
  in: 'path',
  type: 'string',
  required: true,
  minLength: 1,
  maxLength: 255,
  pattern: '^[^/\\\\\\u0000-\\u001f\\u007f-\\u009f]+$',
} as const;

/** A position as an answer gave it. */
const POSITION = '^[\\x21-\\x7e]{1,512}$';

export const TOPIC: Parameter = {
  name: 'topic',
  ...NAME_IN_PATH,
  example: 'cars',
  meaning: 'name of the topic',
};

export const STREAM_ID: Parameter = {
  name: 'streamId',
  ...NAME_IN_PATH,
  example: 'car-1',
  meaning: 'id of the stream',
};

export const DATA_SOURCE: Parameter = {
  name: 'name',
  ...NAME_IN_PATH,
  example: 'events_test',
  meaning: 'name of the data source',
};

const AFTER: Parameter = {
  name: 'after',
  in: 'query',
  type: 'string',
  required: false,
  meaning: 'where to go on: the `next` of the answer before',
};

const LIMIT: Parameter = {
  name: 'limit',
  in: 'query',
  type: 'integer',
  required: false,
  minimum: 1,
  maximum: MAX_PAGE,
  default: DEFAULT_PAGE,
  meaning: 'most items on the page',
};

/** The parameters of a page of names. */
export const PAGE: readonly Parameter[] = [AFTER, LIMIT];

/** The parameters of a page of what a topic holds. */
export const RECORD_PAGE: readonly Parameter[] = [{ ...AFTER, pattern: POSITION }, LIMIT];

/** Where a page begins, and what it holds, besides `after` and `limit`. */
export const PAGE_SHAPE: readonly Parameter[] = [
  {
    name: 'order',
    in: 'query',
    type: 'string',
    required: false,
    values: ['asc', 'desc'],
    default: 'asc',
    meaning: 'oldest first, or newest first; `after` and `next` go on in that order',
  },
  {
    name: 'tail',
    in: 'query',
    type: 'integer',
    required: false,
    minimum: 1,
    maximum: MAX_PAGE,
    meaning: 'only the last ones, this many, oldest first; instead of `after`, `limit` and `order`',
  },
];

/** The parameters of a page of events. */
export const EVENT_PAGE: readonly Parameter[] = [
  ...RECORD_PAGE,
  ...PAGE_SHAPE,
  {
    name: 'from',
    in: 'query',
    type: 'integer',
    format: 'int64',
    required: false,
    meaning: 'earliest timestamp, in nanoseconds since 1970',
  },
  {
    name: 'to',
    in: 'query',
    type: 'integer',
    format: 'int64',
    required: false,
    meaning: 'the timestamp, in nanoseconds since 1970, that all events are earlier than',
  },
];

/** Whether an answer goes on with what comes once all that is stored was given. */
export const FOLLOW: Parameter = {
  name: 'follow',
  in: 'query',
  type: 'boolean',
  required: false,
  default: false,
  meaning: 'whether the answer, then in lines, goes on with what comes; it takes no `limit`, `to` and `order=desc`',
};

/** Which events a reader wants that goes on. */
export const EVENT_NAMES: readonly Parameter[] = [
  {
    name: 'id',
    in: 'query',
    type: 'string',
    required: false,
    repeated: true,
    meaning: 'only events with this id; given several times: with one of them; `*`: with any',
  },
  {
    name: 'tag',
    in: 'query',
    type: 'string',
    required: false,
    repeated: true,
    pattern: '^[^=]*=',
    meaning: 'only events with this tag, as `key=value`; given several times: with all of them',
  },
];

/** Which parameter data a reader wants that goes on. */
export const PARAMETER_NAMES: readonly Parameter[] = [
  {
    name: 'parameter',
    in: 'query',
    type: 'string',
    required: false,
    repeated: true,
    meaning:
      'only packages with this parameter, and of them only its values; given several times: with one of them; `*`: with any',
  },
];

/** Where a reader begins that goes on. */
export const LIVE_START: readonly Parameter[] = [
  {
    name: 'from',
    in: 'query',
    type: 'string',
    required: false,
    pattern: POSITION,
    default: 'latest',
    meaning: 'where to begin: `earliest`, `latest`, or a position as an answer gave it',
  },
  {
    name: 'since',
    in: 'query',
    type: 'string',
    required: false,
    meaning:
      'begins before what was stored since then: ISO 8601 with a zone, or a duration before now such as `10m`; up to a ' +
      'minute more may come',
  },
];

/** The position to go on from, before all else that says where to begin. */
export const LAST_EVENT_ID: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  type: 'string',
  required: false,
  pattern: POSITION,
  meaning: 'the position to go on from, as an `EventSource` sends it; goes before `from` and `since`',
};

/** Whether to refuse what is taken otherwise, and warned of. */
export const STRICT: Parameter = {
  name: 'strict',
  in: 'query',
  type: 'boolean',
  required: false,
  default: false,
  meaning: 'whether timestamps in January 1970, which seem to be in another unit than nanoseconds, are refused',
};

export const CONFIRM: Parameter = {
  name: 'confirm',
  in: 'query',
  type: 'boolean',
  required: false,
  default: false,
  meaning: 'whether the topic may lose everything it holds at once',
};

export const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  type: 'string',
  required: false,
  minLength: 1,
  maxLength: 255,
  pattern: '^[\\x20-\\x7e]+$',
  meaning: 'makes a retry safe: the same body under the same key is stored once',
};

/** Where a client of the Events API may put its token instead of in the header. */
export const TOKEN: Parameter = {
  name: 'token',
  in: 'query',
  type: 'string',
  required: false,
  meaning: 'the token, instead of in the header `Authorization`',
};

/** Where an `EventSource` may put its token. */
export const ACCESS_TOKEN: Parameter = {
  name: 'access_token',
  in: 'query',
  type: 'string',
  required: false,
  meaning: 'the token, instead of in the header `Authorization`, which an `EventSource` cannot set',
};

/** The parameters of samples that are read. */
export const SAMPLE_RANGE: readonly Parameter[] = [
  {
    name: 'parameters',
    in: 'query',
    type: 'string',
    required: false,
    repeated: true,
    meaning: 'ids of parameters with commas between them, as in `Speed,Gear`; absent, or `*`: all',
  },
  {
    name: 'parameter',
    in: 'query',
    type: 'string',
    required: false,
    repeated: true,
    meaning: 'one id of a parameter, for ids with commas in them; may be given several times',
  },
  {
    name: 'from',
    in: 'query',
    type: 'integer',
    format: 'int64',
    required: false,
    meaning: 'the least timestamp, in nanoseconds',
  },
  {
    name: 'to',
    in: 'query',
    type: 'integer',
    format: 'int64',
    required: false,
    meaning: 'a timestamp that is greater than all that are wanted, in nanoseconds',
  },
  ...RECORD_PAGE,
  {
    name: 'epoch',
    in: 'query',
    type: 'integer',
    format: 'int64',
    required: false,
    default: 0,
    meaning: 'what timestamps of the answer are relative to, in nanoseconds: near enough, they are exact in JavaScript',
  },
  {
    name: 'interval',
    in: 'query',
    type: 'string',
    required: false,
    pattern: '^[1-9][0-9]{0,17}(ns|us|ms|s|m|h|d)$',
    example: '10s',
    meaning: 'sums samples up in buckets of this length, such as `10s` or `250ms`',
  },
  {
    name: 'aggregate',
    in: 'query',
    type: 'string',
    required: false,
    pattern: '^(count|min|max|mean|sum|first|last)(,(count|min|max|mean|sum|first|last))*$',
    example: 'min,max,mean',
    meaning:
      'with `interval`: which of `count`, `min`, `max`, `mean`, `sum`, `first`, `last`, with commas; absent: all',
  },
  {
    name: 'origin',
    in: 'query',
    type: 'integer',
    format: 'int64',
    required: false,
    default: 0,
    meaning: 'with `interval`: where a bucket begins, in nanoseconds; all others follow from it',
  },
  {
    name: 'fill',
    in: 'query',
    type: 'string',
    required: false,
    values: ['none', 'null'],
    default: 'none',
    meaning: 'with `interval`: whether buckets without samples are left out, or there with `null`',
  },
];
