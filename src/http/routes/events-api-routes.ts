import { dataSourceHandlers } from '../v0/data-source-handlers';
import { postRows } from '../v0/post-rows';
import { sqlQuery } from '../v0/sql-query';
import { findEventsApiToken } from '../v0/events-api-token';
import { rowReads } from '../v0/row-reads';
import { JSON_TYPE } from './answers';
import { DATA_SOURCE, FOLLOW, IDEMPOTENCY_KEY, LAST_EVENT_ID, LIVE_START, PAGE, PAGE_SHAPE, TOKEN } from './parameters';
import type { Answer, Api, Parameter, RequestBody } from '../route';

const TEXT_TYPE = 'text/plain';
const FORM_TYPE = 'application/x-www-form-urlencoded';

const NAME: Parameter = {
  name: 'name',
  in: 'query',
  type: 'string',
  required: true,
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

const ROWS_ANSWERS: readonly Answer[] = [
  { status: 200, mediaTypes: [JSON_TYPE], meaning: 'the rows are committed and synced (`wait=true`)' },
  { status: 202, mediaTypes: [JSON_TYPE], meaning: 'every row has been checked and queued' },
];

const SQL_PARAMETERS: readonly Parameter[] = [
  {
    name: 'output_format_json_quote_64bit_integers',
    in: 'query',
    type: 'boolean',
    required: false,
    default: false,
    meaning: 'whether integers of 64 bits and more stand in quotes in JSON',
  },
  TOKEN,
];

const QUERY: Parameter = { name: 'q', in: 'query', type: 'string', required: true, meaning: 'one SELECT' };

const SQL_RESULT: Answer = {
  status: 200,
  mediaTypes: [
    `${JSON_TYPE}; charset=utf-8`,
    'application/x-ndjson; charset=utf-8',
    'text/csv; charset=utf-8',
    'text/tab-separated-values; charset=utf-8',
    `${TEXT_TYPE}; charset=utf-8`,
  ],
  meaning: 'the result in the format that the query asks for with FORMAT',
};

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

const PUSHED: Answer = {
  status: 200,
  mediaTypes: [JSON_TYPE],
  meaning:
    '`{"datasource": {…}, "created": …, "added_columns": […]}`; `quarantine_rows` and `quarantine_replay` where rows of the quarantine may fit a changed schema',
};

const ROW_READ: readonly Parameter[] = [
  DATA_SOURCE,
  ...PAGE,
  ...PAGE_SHAPE,
  FOLLOW,
  ...LIVE_START,
  TOKEN,
  LAST_EVENT_ID,
];

const ROWS: readonly Answer[] = [
  {
    status: 200,
    mediaTypes: [JSON_TYPE, 'application/x-ndjson', 'text/event-stream'],
    meaning:
      '`{"rows": [{"offset": …, "row": {…}}, …], "next": …}`, or one a line with `next` in the header ' +
      '`Writer-Hub-Next`; as an event stream, or in lines with `follow=true`, rows as they come until somebody ends it',
  },
  { status: 204, mediaTypes: [], meaning: 'what an `EventSource` came back to is there no more' },
];

const QUARANTINED_ROW: Parameter = {
  name: 'offset',
  in: 'query',
  type: 'string',
  required: false,
  meaning: 'of one quarantined row, as a page of the quarantine gave it',
};

const EMPTY_OBJECT: Answer = { status: 200, mediaTypes: [JSON_TYPE], meaning: 'done: `{}`' };

/** With these Tinybird's clients say who they are, and Vercel's log drains ask for an echo. */
const CLIENT_PARAMETERS = ['from', 'cli_version', 'x-vercel-verify'];

/** What clients of Tinybird's Events API, Query API and Data Sources API call. */
export const EVENTS_API: Api = {
  name: 'events-api',
  findToken: findEventsApiToken,
  ignoredParameters: CLIENT_PARAMETERS,
  routes: [
    {
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
      meaning: 'stores rows in a data source, which is made if there is none',
      served: 'direct',
      handler: postRows,
    },
    {
      verb: 'GET',
      path: '/v0/sql',
      scope: 'any',
      parameters: [QUERY, ...SQL_PARAMETERS],
      answers: [SQL_RESULT],
      meaning: 'the result of one SELECT',
      served: 'express',
      handler: sqlQuery,
    },
    {
      verb: 'POST',
      path: '/v0/sql',
      scope: 'any',
      parameters: [{ ...QUERY, required: false }, ...SQL_PARAMETERS],
      body: {
        mediaTypes: [JSON_TYPE, FORM_TYPE, TEXT_TYPE],
        required: false,
        meaning: 'the query as the field `q` of an object or a form, or as text, when it is not in the address',
        example: '{"q": "SELECT 1"}',
      },
      answers: [SQL_RESULT],
      meaning: 'the same, with the query in the body or in the address',
      served: 'express',
      handler: sqlQuery,
    },
    {
      verb: 'GET',
      path: '/v0/datasources',
      scope: 'any',
      parameters: [TOKEN],
      answers: [{ status: 200, mediaTypes: [JSON_TYPE], meaning: '`{"datasources": […]}`' }],
      meaning: 'the data sources this token may fill, read or remove',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).list,
    },
    {
      verb: 'POST',
      path: '/v0/datasources',
      scope: ['create'],
      parameters: [NAME, ...SCHEMA_PARAMETERS, TOKEN],
      body: SCHEMA,
      answers: [PUSHED],
      meaning: 'makes a data source from the text of a `.datasource` file, or adds columns to the one there is',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).push,
    },
    {
      verb: 'GET',
      path: '/v0/datasources/{name}.datasource',
      scope: ['read:{name}', 'append:{name}', 'drop:{name}'],
      parameters: [DATA_SOURCE, TOKEN],
      answers: [{ status: 200, mediaTypes: [`${TEXT_TYPE}; charset=utf-8`], meaning: 'the file' }],
      meaning: 'the schema of a data source as a `.datasource` file',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).file,
    },
    {
      verb: 'GET',
      path: '/v0/datasources/{name}',
      scope: ['read:{name}', 'append:{name}', 'drop:{name}'],
      parameters: [DATA_SOURCE, TOKEN],
      answers: [{ status: 200, mediaTypes: [JSON_TYPE], meaning: DESCRIPTION }],
      meaning: DESCRIPTION,
      served: 'express',
      handler: (context) => dataSourceHandlers(context).status,
    },
    {
      verb: 'DELETE',
      path: '/v0/datasources/{name}',
      scope: ['drop:{name}'],
      parameters: [DATA_SOURCE, TOKEN],
      answers: [{ status: 204, mediaTypes: [], meaning: 'it is gone' }],
      meaning: 'removes a data source with its rows and its quarantine',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).remove,
    },
    {
      verb: 'POST',
      path: '/v0/datasources/{name}/delete',
      scope: ['drop:{name}'],
      parameters: [DATA_SOURCE, TOKEN],
      answers: [EMPTY_OBJECT],
      meaning: 'removes a data source as DELETE does; takes no condition',
      refusesQuery: true,
      served: 'express',
      handler: (context) => dataSourceHandlers(context).removeByPost,
    },
    {
      verb: 'POST',
      path: '/v0/datasources/{name}/truncate',
      scope: ['drop:{name}'],
      parameters: [DATA_SOURCE, TOKEN],
      answers: [EMPTY_OBJECT],
      meaning: 'removes the rows of a data source, or those of its quarantine under the name `<name>_quarantine`',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).truncate,
    },
    {
      verb: 'POST',
      path: '/v0/datasources/{name}/columns',
      scope: ['create'],
      parameters: [DATA_SOURCE, ...SCHEMA_PARAMETERS, TOKEN],
      body: { ...SCHEMA, meaning: 'columns in the notation of a `.datasource` file', example: '`country` String' },
      answers: [PUSHED],
      meaning: 'adds columns to a data source',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).addColumns,
    },
    {
      verb: 'GET',
      path: '/v0/datasources/{name}/rows',
      scope: ['read:{name}'],
      parameters: ROW_READ,
      answers: ROWS,
      meaning: 'stored rows by pages, or rows as they come',
      served: 'express',
      handler: (context) => rowReads(context).rows,
    },
    {
      verb: 'GET',
      path: '/v0/datasources/{name}/quarantine',
      scope: ['read:{name}'],
      parameters: ROW_READ,
      answers: ROWS,
      meaning: 'rows that did not fit, by pages or as they come',
      served: 'express',
      handler: (context) => rowReads(context).quarantine,
    },
    {
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
      },
      answers: [
        {
          status: 200,
          mediaTypes: [JSON_TYPE],
          meaning: '`{"successful_rows": …, "quarantined_rows": …}`, and `errors` of rows that do not fit now',
        },
      ],
      meaning:
        'sends quarantined rows through again, each once; with `offset` one of them, or what the body has in its place',
      served: 'express',
      handler: (context) => dataSourceHandlers(context).replay,
    },
  ],
};
