import { type ErrorCode, errorKinds } from '../errors';
import type { Route } from '../http/route';
import { PAGE_QUERY_TIMEOUT } from '../http/v0/events-api-error';
import { JSON_TYPE, PROBLEM_TYPE } from '../http/routes/answers';
import { constant, integer, type JsonSchema, ref, text } from '../schemas/json-schema';
import { answerOf, type JsonObject } from './answer-objects';

/** How an error is told. */
export type ErrorForm = 'problem' | 'events-api' | 'signalr';

/** Errors of any request, whatever it is for. */
const OF_ALL: readonly ErrorCode[] = ['invalid_query', 'origin_not_allowed', 'internal'];

/** Errors of requests that need a token, and then the store. */
const OF_CALLERS: readonly ErrorCode[] = [
  'unauthenticated',
  'keys_unavailable',
  'over_share',
  'store_busy',
  'store_unavailable',
  'shutting_down',
];

const OF_BODIES: readonly ErrorCode[] = [
  'malformed_body',
  'message_too_large',
  'unsupported_encoding',
  'request_timeout',
];

const OF_JSON_BODIES: readonly ErrorCode[] = ['malformed_json', 'unsupported_media_type'];

const HEADER_SCHEMAS: Readonly<Record<string, readonly [meaning: string, schema: JsonSchema]>> = {
  'X-Request-Id': ['Names the request in the log of the server.', text()],
  'WWW-Authenticate': ['RFC 6750: which scope is missing, or what is wrong with the token.', text()],
  'Retry-After': ['After how many seconds to try again.', integer()],
  Allow: ['The methods that the path takes.', text()],
  'Writer-Hub-Warning': ['What is probably not meant so, of what would have been stored.', text()],
  'X-RateLimit-Limit': ['How many requests or bytes are allowed a second, where they are limited.', integer()],
  'X-RateLimit-Remaining': ['How many of them are left.', integer()],
  'X-RateLimit-Reset': ['After how many seconds there are more.', integer()],
};

/** Headers that tell what to do about an error. */
export const ERROR_HEADERS: JsonObject = Object.fromEntries(
  Object.entries(HEADER_SCHEMAS).map(([name, [description, schema]]) => [name, { description, schema }]),
);

/** Answers to what Node.js cannot read as a request, which can come for any address. */
export const TRANSPORT_ANSWERS: JsonObject = {
  HeadersTooLong: {
    description: 'The headers of the request are too long.',
    content: {
      [PROBLEM_TYPE]: { schema: ref('Problem') },
      [JSON_TYPE]: { schema: ref('EventsApiError') },
    },
  },
  TooSlow: {
    description: 'The request took too long to arrive.',
    content: {
      [PROBLEM_TYPE]: { schema: ref('Problem') },
      [JSON_TYPE]: { schema: ref('EventsApiError') },
    },
  },
};

/** The answers of a route that are errors, by their status. */
export function errorAnswers(route: Route, form: ErrorForm): Record<string, JsonObject> {
  const ours =
    route.served === 'mounted'
      ? Object.fromEntries(
          route.refusals.map((answer) => [String(answer.status), refused(answerOf(answer), answer.status)]),
        )
      : codedAnswers(route, form === 'events-api');
  return {
    ...ours,
    ...(ours['408'] === undefined && { 408: { $ref: '#/components/responses/TooSlow' } }),
    431: { $ref: '#/components/responses/HeadersTooLong' },
  };
}

/** All codes of a route: those that it names, and those that follow from what it takes. */
export function errorsOf({ scope, parameters, body, errors }: Route): readonly ErrorCode[] {
  const takesName = parameters.some((parameter) => parameter.in === 'path');
  const takesJson = body?.mediaTypes.length === 1 && body.mediaTypes[0] === 'application/json';
  const codes = new Set<ErrorCode>([
    ...OF_ALL,
    ...(scope === 'none' ? [] : OF_CALLERS),
    ...(Array.isArray(scope) ? (['forbidden'] as const) : []),
    ...(takesName ? (['invalid_name'] as const) : []),
    ...(body === undefined ? [] : OF_BODIES),
    ...(takesJson ? OF_JSON_BODIES : []),
    ...errors,
  ]);
  return (Object.keys(errorKinds) as ErrorCode[]).filter((code) => codes.has(code));
}

function codedAnswers(route: Route, isEventsApi: boolean): Record<string, JsonObject> {
  const codes = errorsOf(route);
  const sent = new Set(route.answers.flatMap(({ headers = [] }) => headers.map(({ name }) => name)));
  const also = OF_REFUSALS.filter((name) => sent.has(name));
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorKinds[code];
    // The Events API has no 401.
    const told = isEventsApi && status === 401 ? 403 : status;
    byStatus.set(told, [...(byStatus.get(told) ?? []), code]);
    if (code === 'query_timeout') byStatus.set(PAGE_QUERY_TIMEOUT, [code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, found]) => [
      String(status),
      refused(codedAnswer(status, found, isEventsApi), status, route.body === undefined ? [] : also),
    ]),
  );
}

function codedAnswer(status: number, codes: readonly ErrorCode[], isEventsApi: boolean): JsonObject {
  const content = isEventsApi
    ? { [JSON_TYPE]: { schema: ref('EventsApiError') } }
    : { [PROBLEM_TYPE]: problem(status, codes) };
  const description = codes.map((code) => `- \`${code}\`: ${errorKinds[code].meaning}`).join('\n');
  return { description, content };
}

/** A problem of one of these codes. */
function problem(status: number, codes: readonly ErrorCode[]): JsonObject {
  const [first] = codes;
  const code: JsonSchema = codes.length === 1 ? constant(first!) : { type: 'string', enum: codes };
  return {
    schema: { ...ref('Problem'), properties: { code } },
    example: {
      type: `urn:writer-hub:error:${first!}`,
      title: errorKinds[first!].meaning,
      status,
      detail: 'what is wrong with this request',
      code: first,
    },
  };
}

/** What an answer that is an error may have as well, where one that is none may. */
const OF_REFUSALS = ['Writer-Hub-Warning', 'X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'];

/** An answer with the headers of its status, and others. */
function refused(answer: JsonObject, status: number, also: readonly string[] = []): JsonObject {
  const names = ['X-Request-Id', ...also];
  if (status === 401 || status === 403) names.push('WWW-Authenticate');
  if (status === 429 || status === 503) names.push('Retry-After');
  if (status === 405) names.push('Allow');
  const headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  return { ...answer, headers };
}
