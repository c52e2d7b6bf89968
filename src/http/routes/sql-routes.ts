import { object, ref, text } from '../../schemas/json-schema';
import type { Answer, ExpressRoute, Parameter } from '../route';
import { sqlQuery } from '../v0/sql-query';
import { JSON_TYPE } from './answers';
import { TOKEN } from './parameters';

const TEXT_TYPE = 'text/plain';
const FORM_TYPE = 'application/x-www-form-urlencoded';

const SQL_PARAMETERS: readonly Parameter[] = [
  {
    name: 'default_format',
    in: 'query',
    type: 'string',
    required: false,
    default: 'JSON',
    example: 'JSONEachRow',
    meaning: 'the format of the result when the query has no FORMAT, in any case',
  },
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

const QUERY: Parameter = {
  name: 'q',
  in: 'query',
  type: 'string',
  required: true,
  example: 'SELECT 1 AS one',
  meaning: 'one SELECT',
};

const SQL_RESULT: Answer = {
  status: 200,
  mediaTypes: [
    `${JSON_TYPE}; charset=utf-8`,
    'application/x-ndjson; charset=utf-8',
    'text/csv; charset=utf-8',
    'text/tab-separated-values; charset=utf-8',
    `${TEXT_TYPE}; charset=utf-8`,
  ],
  schema: ref('SqlResult'),
  meaning: 'the result in the format that the query asks for with FORMAT, else in that of default_format',
  example:
    '{"meta":[{"name":"one","type":"Int64"}],"data":[{"one":1}],"rows":1,"rows_before_limit_at_least":1,' +
    '"statistics":{"elapsed":0.001,"rows_read":1,"bytes_read":46}}',
};

const SQL_ERRORS = ['invalid_sql', 'result_too_large', 'query_timeout', 'unknown_data_source'] as const;

const SQL_DETAILS =
  'One `SELECT`, `WITH` or `VALUES` of SQLite, read-only, over what the token may read. `FORMAT JSON` (the default), ' +
  '`JSONCompact`, `JSONEachRow`, `JSONCompactEachRow`, `CSV`, `CSVWithNames`, `TSV`, `TSVWithNames` or `PrettyCompact` at ' +
  'its end says how the result is written; `default_format` says it for a query without.';

/** SQL, as in Tinybird's Query API. */
export const SQL_ROUTES: readonly ExpressRoute[] = [
  {
    id: 'queryByGet',
    verb: 'GET',
    path: '/v0/sql',
    scope: 'any',
    parameters: [QUERY, ...SQL_PARAMETERS],
    answers: [SQL_RESULT],
    errors: SQL_ERRORS,
    details: SQL_DETAILS,
    meaning: 'the result of one SELECT',
    served: 'express',
    handler: sqlQuery,
  },
  {
    id: 'query',
    verb: 'POST',
    path: '/v0/sql',
    scope: 'any',
    parameters: [{ ...QUERY, required: false }, ...SQL_PARAMETERS],
    body: {
      mediaTypes: [JSON_TYPE, FORM_TYPE, TEXT_TYPE],
      required: false,
      meaning: 'the query as the field `q` of an object or a form, or as text, when it is not in the address',
      example: '{"q": "SELECT 1 AS one"}',
      schema: object(
        {},
        {
          q: text('one SELECT'),
          default_format: text('the format of the result when the query has no FORMAT'),
          output_format_json_quote_64bit_integers: { enum: [0, 1] },
        },
      ),
    },
    answers: [SQL_RESULT],
    errors: [...SQL_ERRORS, 'malformed_json'],
    details: SQL_DETAILS,
    meaning: 'the same, with the query in the body or in the address',
    served: 'express',
    handler: sqlQuery,
  },
];
