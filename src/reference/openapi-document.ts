import type { Api, Parameter, RequestBody, Route } from '../http/route';
import { HUB_MEANING, HUB_ROUTES } from '../http/routes/hub-routes';
import { APIS } from '../http/routes/route-table';
import type { JsonSchema } from '../schemas/json-schema';
import { referredSchemas } from '../schemas/schemas';
import { version } from '../version';
import { answerOf, isJson, type JsonObject, sentence } from './answer-objects';
import { ERROR_HEADERS, errorAnswers, type ErrorForm } from './error-answers';
import { INTRODUCTION } from './introduction';
import { SharedAnswers } from './shared-answers';
import { securityOf, SECURITY_SCHEMES, TOKEN_PARAMETERS } from './security';

/** Routes under one heading, and how they tell of errors. */
interface Group {
  readonly name: string;
  readonly meaning: string;
  readonly form: ErrorForm;
  readonly routes: readonly Route[];
}

/** OpenAPI 3.1 of all that the server answers over HTTP, made from the table of routes. */
export function openApiDocument(): JsonObject {
  const groups = [...APIS.map(groupOf), HUB_GROUP];
  const paths: Record<string, Record<string, JsonObject>> = {};
  const answers = new SharedAnswers();
  for (const group of groups) {
    for (const route of group.routes) {
      (paths[route.path] ??= {})[route.verb.toLowerCase()] = operationOf(route, group, answers);
    }
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Writer hub',
      version,
      summary: 'Takes events in, in real time, keeps them, and gives them back.',
      description: INTRODUCTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Relative to this document, so that it is right behind a proxy that adds a prefix.
    servers: [{ url: '.', description: 'The server that this document comes from.' }],
    tags: groups.map(({ name, meaning }) => ({ name, description: meaning })),
    paths,
  };
  const components = { responses: answers.components(), headers: ERROR_HEADERS, securitySchemes: SECURITY_SCHEMES };
  return { ...document, components: { ...components, schemas: referredSchemas([document, components]) } };
}

const HUB_GROUP: Group = { name: 'signalr', meaning: HUB_MEANING, form: 'signalr', routes: HUB_ROUTES };

function groupOf({ name, meaning, routes }: Api): Group {
  return { name, meaning, routes, form: name === 'events-api' ? 'events-api' : 'problem' };
}

function operationOf(route: Route, { name, form }: Group, answers: SharedAnswers): JsonObject {
  const parameters = route.parameters.filter((parameter) => !TOKEN_PARAMETERS.has(parameter.name));
  return {
    operationId: route.id,
    tags: [name],
    summary: summaryOf(route.meaning),
    description: [sentence(route.meaning), route.details].filter((text) => text !== undefined).join('\n\n'),
    security: securityOf(route),
    ...(parameters.length > 0 && { parameters: parameters.map(parameterOf) }),
    ...(route.body !== undefined && { requestBody: bodyOf(route.body) }),
    responses: { ...answersOf(route), ...answers.refer(errorAnswers(route, form), form) },
  };
}

/** What stands in a list of operations: the first part of what it does, which says more behind a semicolon. */
function summaryOf(meaning: string): string {
  const [first = ''] = meaning.split(/; |: (?=`)/);
  return `${first[0]?.toUpperCase() ?? ''}${first.slice(1)}`;
}

function parameterOf(parameter: Parameter): JsonObject {
  const { name, in: place, required, meaning, repeated, example } = parameter;
  const value = valueOf(parameter);
  return {
    name,
    in: place,
    ...(required && { required }),
    description: sentence(meaning),
    schema: repeated === true ? { type: 'array', items: value } : value,
    ...(repeated === true && { style: 'form', explode: true }),
    ...(example !== undefined && { example: repeated === true ? [example] : example }),
  };
}

function valueOf(parameter: Parameter): JsonSchema {
  const { type, format, values, minimum, maximum, pattern, minLength, maxLength, default: preset } = parameter;
  return {
    type,
    ...(format !== undefined && { format }),
    ...(values !== undefined && { enum: values }),
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(pattern !== undefined && { pattern }),
    ...(minLength !== undefined && { minLength }),
    ...(maxLength !== undefined && { maxLength }),
    ...(preset !== undefined && { default: preset }),
  };
}

const COMPRESSED =
  'It may be compressed: `Content-Encoding` is `gzip`, `deflate`, `br` or `zstd`, and its limit holds for the inflated ' +
  'bytes as well.';

/** What is sent where the content type is not looked at. */
const ANY_TYPE = ['application/x-ndjson', 'text/plain'];

function bodyOf({ mediaTypes, required, meaning, schema, example }: RequestBody): JsonObject {
  const [first, ...others] = mediaTypes.length === 0 ? anyTypeOf(example) : mediaTypes;
  const content: Record<string, JsonObject> = {};
  for (const type of [first!, ...others]) {
    if (isJson(type)) content[type] = { schema, example: JSON.parse(example) as unknown };
    else if (type === 'application/x-www-form-urlencoded') content[type] = { schema };
    else content[type] = { schema: { type: 'string' }, ...(type === first && { example }) };
  }
  return { required, description: `${sentence(meaning)} ${COMPRESSED}`, content };
}

function anyTypeOf(example: string): readonly string[] {
  return example.startsWith('{') ? ANY_TYPE : ANY_TYPE.toReversed().slice(0, 1);
}

/** Those that are not errors; of several with one status, all media types. */
function answersOf({ answers }: Route): Record<string, JsonObject> {
  return Object.fromEntries(answers.map((answer) => [String(answer.status), answerOf(answer)]));
}
