import { DEFAULT_PAGE, MAX_PAGE } from '../page-query';
import type { Parameter } from '../route';

export const TOPIC: Parameter = {
  name: 'topic',
  in: 'path',
  type: 'string',
  required: true,
  meaning: 'name of the topic',
};

export const STREAM_ID: Parameter = {
  name: 'streamId',
  in: 'path',
  type: 'string',
  required: true,
  meaning: 'id of the stream',
};

export const DATA_SOURCE: Parameter = {
  name: 'name',
  in: 'path',
  type: 'string',
  required: true,
  meaning: 'name of the data source',
};

/** The parameters of a page of a list. */
export const PAGE: readonly Parameter[] = [
  {
    name: 'after',
    in: 'query',
    type: 'string',
    required: false,
    meaning: 'where to go on: the `next` of the answer before',
  },
  {
    name: 'limit',
    in: 'query',
    type: 'integer',
    required: false,
    minimum: 1,
    maximum: MAX_PAGE,
    default: DEFAULT_PAGE,
    meaning: 'most items on the page',
  },
];

/** The parameters of a page of events. */
export const EVENT_PAGE: readonly Parameter[] = [
  ...PAGE,
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
    meaning: 'only the last events, this many, oldest first; instead of `after`, `limit` and `order`',
  },
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
