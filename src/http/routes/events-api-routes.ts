import { dataSourceHandlers } from '../v0/data-source-handlers';
import { postRows } from '../v0/post-rows';
import { findEventsApiToken } from '../v0/events-api-token';
import { rowReads } from '../v0/row-reads';
import { object, ref, text } from '../../schemas/json-schema';
import {
  EVENT_STREAM_TYPE,
  GONE,
  GONE_FOLLOWED,
  json,
  JSON_TYPE,
  LINES_TYPE,
  LIVE_HEADERS,
  PAGE_HEADERS,
} from './answers';
import { SCHEMA_ERRORS, SOURCE_ERRORS } from './errors';
import {
  DATA_SOURCE,
  FOLLOW,
  IDEMPOTENCY_KEY,
  LAST_EVENT_ID,
  LIVE_START,
  PAGE_SHAPE,
  RECORD_PAGE,
  TOKEN,
} from './parameters';
import { SQL_ROUTES } from './sql-routes';
import type { Answer, AnswerHeader, Api, Parameter, RequestBody } from '../route';

const TEXT_TYPE = 'text/plain';

const NAME: Parameter = {
  name: 'name',
  in: 'query',
  type: 'string',
  required: true,
  minLength: 1,
  maxLength: 255,
  example: 'events_test',
  meaning: 'name of the data source',
};

const ROWS_PARAMETERS: readonly Parameter[] = [
  NAME,
  {
    name: 'wait',
    in: 'query',
    type: 'boolean',
    required: false,
    default: false,
    meaning: 'whether the answer is sent after the commit',
  },
  {
    name: 'format',
    in: 'query',
    type: 'string',
    required: false,
    values: ['ndjson', 'json'],
    default: 'ndjson',
    meaning: 'an object a line, or one document that may span lines',
  },
  TOKEN,
  IDEMPOTENCY_KEY,
];

/** Of a server that limits its senders. */
const RATE_HEADERS: readonly AnswerHeader[] = [
  ['X-RateLimit-Limit', 'how many requests or bytes are allowed a second, where they are limited'],
  ['X-RateLimit-Remaining', 'how many of them are left'],
  ['X-RateLimit-Reset', 'after how many seconds there are more'],
].map(([name = '', meaning = '']) => ({ name, required: false, schema: { type: 'integer' }, meaning }));

/** What Vercel's log drains ask for. */
const ECHO: AnswerHeader = {
  name: 'x-vercel-verify',
  required: false,
  schema: text(),
  meaning: 'the query parameter of this name, which a log drain of Vercel wants to have back',
};

const ROWS_EXAMPLE = '{"successful_rows":1,"quarantined_rows":0}';

const ROWS_ANSWERS: readonly Answer[] = [
  {
    ...json(ref('StoredRows'), 'the rows are committed and synced (`wait=true`)', ROWS_EXAMPLE),
    headers: [...RATE_HEADERS, ECHO],
  },
  {
    ...json(ref('StoredRows'), 'every row has been checked and queued', ROWS_EXAMPLE),
    status: 202,
    headers: [...RATE_HEADERS, ECHO],
  },
];

/** A schema may come in the address instead of the body, as Tinybird's clients send it. */
const SCHEMA_PARAMETERS: readonly Parameter[] = [
  { name: 'schema', in: 'query', type: 'string', required: false, meaning: 'columns, instead of the body' },
  { name: 'mode', in: 'query', type: 'string', required: false, values: ['create'], meaning: 'what is to be done' },
];

const DESCRIPTION = 'a data source: columns and counts';

const SCHEMA: RequestBody = {
  mediaTypes: [],
  required: true,
  meaning: 'the text of a `.datasource` file or its columns alone; or a form with the field `schema`',
  example: 'SCHEMA >\n    `time` DateTime,\n    `city` String\n',
};

const PUSHED: Answer = json(
  ref('PushedDataSource'),
  '`{"datasource": {…}, "created": …, "added_columns": […]}`; `quarantine_rows` and `quarantine_replay` where rows of the quarantine may fit a changed schema',
);

const ROW_READ: readonly Parameter[] = [
  DATA_SOURCE,
  ...RECORD_PAGE,
  ...PAGE_SHAPE,
  FOLLOW,
  ...LIVE_START,
  TOKEN,
  LAST_EVENT_ID,
];

const ROWS: readonly Answer[] = [
  {
    status: 200,
    mediaTypes: [JSON_TYPE, LINES_TYPE, EVENT_STREAM_TYPE],
    schema: ref('RowPage'),
    item: ref('Row'),
    headers: [...PAGE_HEADERS, ...LIVE_HEADERS],
    meaning:
      '`{"rows": [{"offset": …, "row": {…}}, …], "next": …}`, or one a line with `next` in the header ' +
      '`Writer-Hub-Next`; as an event stream, or in lines with `follow=true`, rows as they come until somebody ends it',
    example: '{"rows":[{"offset":"1","row":{"date":"2020-04-05 00:05:38","city":"Chicago"}}],"next":null}',
  },
  GONE_FOLLOWED,
];

const ROWS_DETAILS =
  'A page takes `after`, `limit`, `order` and `tail`. What goes on (an event stream, or `follow=true`) begins where ' +
  '`from`, `since`, `after` or `tail` says, one of them, and takes no `limit` and `order=desc`.';

const EMPTY_OBJECT: Answer = json(object({}), 'done: `{}`', '{}');

const QUARANTINED_ROW: Parameter = {
  name: 'offset',
  in: 'query',
  type: 'string',
  required: false,
  meaning: 'of one quarantined row, as a page of the quarantine gave it',
};

/** With these Tinybird's clients say who they are, and Vercel's log drains ask for an echo. */
const CLIENT_PARAMETERS = ['from', 'cli_version', 'x-vercel-verify'];

/** What clients of Tinybird's Events API, Query API and Data Sources API call. */
export const EVENTS_API: Api = {
  name: 'events-api',
  meaning:
    "Rows in data sources, and SQL, for clients of Tinybird's Events API, Query API and Data Sources API. The token may " +
    'stand in the query as `token`; a missing or invalid one is answered with 403, and errors have the form of that API.',
  findToken: findEventsApiToken,
  ignoredParameters: CLIENT_PARAMETERS,
  routes: [
    {
      id: 'storeRows',
      verb: 'POST',
      path: '/v0/events',
      scope: ['append:{name}'],
      parameters: ROWS_PARAMETERS,
      body: {
        mediaTypes: [],
        required: true,
        meaning: 'rows: JSON objects, one or a line each',
        example: '{"date": "2020-04-05 00:05:38", "city": "Chicago"}\n',
      },
      answers: ROWS_ANSWERS,
      errors: [
        'invalid_rows',
        'invalid_name',
        'malformed_json',
        'invalid_idempotency_key',
        'idempotency_mismatch',
        'unknown_data_source',
        'wrong_topic_kind',
        'schema_changed',
        'topic_limit',
        'rate_limited',
      ],
      meaning: 'stores rows in a data source, which is made if there is none',
      served: 'direct',
      handler: postRows,
    },
    ...SQL_ROUTES,
    {
      id: 'listDataSources',
      verb: 'GET',
      path: '/v0/datasources',
      scope: 'any',
      parameters: [TOKEN],
      answers: [json(ref('DataSourceList'), '`{"datasources": […]}`')],
      errors: [],
      meaning: 'the data sources this token may fill, read or remove',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).list,
    },
    {
      id: 'pushDataSource',
      verb: 'POST',
      path: '/v0/datasources',
      scope: ['create'],
      parameters: [NAME, ...SCHEMA_PARAMETERS, TOKEN],
      body: SCHEMA,
      answers: [PUSHED],
      errors: SCHEMA_ERRORS,
      meaning: 'makes a data source from the text of a `.datasource` file, or adds columns to the one there is',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).push,
    },
    {
      id: 'readDataSourceFile',
      verb: 'GET',
      path: '/v0/datasources/{name}.datasource',
      scope: ['read:{name}', 'append:{name}', 'drop:{name}'],
      parameters: [DATA_SOURCE, TOKEN],
      answers: [
        {
          status: 200,
          mediaTypes: [`${TEXT_TYPE}; charset=utf-8`],
          meaning: 'the file',
          example: 'SCHEMA >\n    `date` DateTime,\n    `city` String\n',
        },
      ],
      errors: SOURCE_ERRORS,
      meaning: 'the schema of a data source as a `.datasource` file',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).file,
    },
    {
      id: 'readDataSource',
      verb: 'GET',
      path: '/v0/datasources/{name}',
      scope: ['read:{name}', 'append:{name}', 'drop:{name}'],
      parameters: [DATA_SOURCE, TOKEN],
      answers: [json(ref('DataSourceStatus'), DESCRIPTION)],
      errors: SOURCE_ERRORS,
      meaning: DESCRIPTION,
      served: 'express',
      handler: (context) => dataSourceHandlers(context).status,
    },
    {
      id: 'removeDataSource',
      verb: 'DELETE',
      path: '/v0/datasources/{name}',
      scope: ['drop:{name}'],
      parameters: [DATA_SOURCE, TOKEN],
      answers: [GONE],
      errors: SOURCE_ERRORS,
      meaning: 'removes a data source with its rows and its quarantine',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).remove,
    },
    {
      id: 'removeDataSourceByPost',
      verb: 'POST',
      path: '/v0/datasources/{name}/delete',
      scope: ['drop:{name}'],
      parameters: [DATA_SOURCE, TOKEN],
      answers: [EMPTY_OBJECT],
      // A condition would be the body; it is read to be refused.
      errors: [...SOURCE_ERRORS, 'malformed_body', 'message_too_large', 'unsupported_encoding', 'request_timeout'],
      meaning: 'removes a data source as DELETE does; takes no condition',
      refusesQuery: true,
      served: 'express',
      handler: (context) => dataSourceHandlers(context).removeByPost,
    },
    {
      id: 'truncateDataSource',
      verb: 'POST',
      path: '/v0/datasources/{name}/truncate',
      scope: ['drop:{name}'],
      parameters: [DATA_SOURCE, TOKEN],
      answers: [EMPTY_OBJECT],
      errors: SOURCE_ERRORS,
      meaning: 'removes the rows of a data source, or those of its quarantine under the name `<name>_quarantine`',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).truncate,
    },
    {
      id: 'addColumns',
      verb: 'POST',
      path: '/v0/datasources/{name}/columns',
      scope: ['create'],
      parameters: [DATA_SOURCE, ...SCHEMA_PARAMETERS, TOKEN],
      body: {
        ...SCHEMA,
        meaning: 'columns in the notation of a `.datasource` file',
        example: '`country` Nullable(String)',
      },
      answers: [PUSHED],
      errors: [...SCHEMA_ERRORS, 'unknown_data_source'],
      meaning: 'adds columns to a data source',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).addColumns,
    },
    {
      id: 'readRows',
      verb: 'GET',
      path: '/v0/datasources/{name}/rows',
      scope: ['read:{name}'],
      parameters: ROW_READ,
      answers: ROWS,
      errors: [...SOURCE_ERRORS, 'position_gone'],
      details: ROWS_DETAILS,
      meaning: 'stored rows by pages, or rows as they come',
      served: 'express',
      handler: (context) => rowReads(context).rows,
    },
    {
      id: 'readQuarantine',
      verb: 'GET',
      path: '/v0/datasources/{name}/quarantine',
      scope: ['read:{name}'],
      parameters: ROW_READ,
      answers: ROWS,
      errors: [...SOURCE_ERRORS, 'position_gone'],
      details: ROWS_DETAILS,
      meaning: 'rows that did not fit, by pages or as they come',
      served: 'express',
      handler: (context) => rowReads(context).quarantine,
    },
    {
      id: 'replayQuarantine',
      verb: 'POST',
      path: '/v0/datasources/{name}/quarantine/replay',
      scope: ['append:{name}'],
      parameters: [DATA_SOURCE, QUARANTINED_ROW, TOKEN],
      body: {
        mediaTypes: [],
        required: false,
        meaning:
          'with `offset`: the mended row, a JSON object, which takes the place of the quarantined one if it fits',
        example: '{"date": "2020-04-05 00:05:38", "city": "Chicago"}',
        schema: object({}),
      },
      answers: [
        json(
          ref('StoredRows'),
          '`{"successful_rows": …, "quarantined_rows": …}`, and `errors` of rows that do not fit now',
          ROWS_EXAMPLE,
        ),
      ],
      errors: [...SOURCE_ERRORS, 'schema_changed'],
      meaning:
        'sends quarantined rows through again, each once; with `offset` one of them, or what the body has in its place',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).replay,
    },
  ],
};
