import { findToken } from '../../auth/token-finder';
import {
  hubMethodsPage,
  referenceDocument,
  referenceFile,
  swaggerIndex,
  swaggerPage,
} from '../reference/reference-handlers';
import type { Answer, Api, ExpressRoute } from '../route';
import { JSON_TYPE, UNCHANGED, YAML_TYPE } from './answers';

const HTML_TYPE = 'text/html; charset=utf-8';

const MOVED: Answer = {
  status: 301,
  mediaTypes: [],
  headers: [{ name: 'Location', required: true, schema: { type: 'string' }, meaning: 'where the page is, relative' }],
  meaning: 'the page is at the path without a slash at its end',
};

/** Routes that everybody may read. */
const OPEN = { verb: 'GET', scope: 'none', parameters: [], errors: ['not_found'], served: 'express' } as const;

/** What describes the server: documents for programs, and pages for people that are made of them. */
const ROUTES: readonly ExpressRoute[] = [
  {
    ...OPEN,
    id: 'openApiJson',
    path: '/openapi.json',
    answers: [{ status: 200, mediaTypes: [JSON_TYPE], schema: { type: 'object' }, meaning: 'the document' }, UNCHANGED],
    meaning: 'this description, OpenAPI 3.1',
    handler: referenceDocument('openapi.json'),
  },
  {
    ...OPEN,
    id: 'openApiYaml',
    path: '/openapi.yaml',
    answers: [{ status: 200, mediaTypes: [YAML_TYPE], meaning: 'the document' }, UNCHANGED],
    meaning: 'the same as YAML',
    handler: referenceDocument('openapi.yaml'),
  },
  {
    ...OPEN,
    id: 'asyncApiJson',
    path: '/asyncapi.json',
    answers: [{ status: 200, mediaTypes: [JSON_TYPE], schema: { type: 'object' }, meaning: 'the document' }, UNCHANGED],
    meaning: 'the methods of the hub, AsyncAPI 3',
    handler: referenceDocument('asyncapi.json'),
  },
  {
    ...OPEN,
    id: 'swagger',
    path: '/swagger',
    answers: [{ status: 200, mediaTypes: [HTML_TYPE], meaning: 'the page' }, MOVED, UNCHANGED],
    meaning: 'a page to read all this and to try it (Swagger UI)',
    handler: swaggerPage,
  },
  {
    ...OPEN,
    id: 'swaggerIndex',
    path: '/swagger/index.html',
    answers: [MOVED],
    meaning: 'where other servers have that page',
    handler: swaggerIndex,
  },
  {
    ...OPEN,
    id: 'hubMethods',
    path: '/hub-methods',
    answers: [{ status: 200, mediaTypes: [HTML_TYPE], meaning: 'the page' }, MOVED, UNCHANGED],
    meaning: 'a page about the methods of the hub',
    handler: hubMethodsPage,
  },
  {
    ...OPEN,
    id: 'referenceFile',
    path: '/reference/{file}',
    parameters: [
      {
        name: 'file',
        in: 'path',
        type: 'string',
        required: true,
        minLength: 1,
        meaning: 'name of a file, with a hash of its content',
      },
    ],
    answers: [
      {
        status: 200,
        mediaTypes: ['text/javascript; charset=utf-8', 'text/css; charset=utf-8', 'text/plain; charset=utf-8'],
        meaning: 'the file, for ever',
      },
      UNCHANGED,
    ],
    meaning: 'a file that one of these pages is made of',
    handler: referenceFile,
  },
];

export const REFERENCE_API: Api = {
  name: 'reference',
  meaning: 'What describes the server, for programs and for people.',
  findToken,
  lenientPaths: true,
  routes: ROUTES,
};
