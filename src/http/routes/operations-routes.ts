import { findToken } from '../../auth/token-finder';
import { consoleFile, frontPage } from '../console/console-handlers';
import { docsPage } from '../docs-page';
import { health, metricsText, readiness } from '../operations';
import { DOCUMENTATION_PATH } from '../v0/events-api-error';
import { JSON_TYPE } from './answers';
import type { Api } from '../route';

/** What operators, load balancers and newcomers ask; open, because it tells nothing of what is stored. */
export const OPERATIONS_API: Api = {
  name: 'operations',
  findToken,
  lenientPaths: true,
  routes: [
    {
      verb: 'GET',
      path: '/',
      scope: 'none',
      parameters: [],
      answers: [
        { status: 200, mediaTypes: [JSON_TYPE, 'text/html'], meaning: 'name, version and addresses; the console' },
      ],
      meaning: 'name and version of the server, and where to find what; for browsers the console',
      served: 'express',
      handler: frontPage,
    },
    {
      verb: 'GET',
      path: '/console/{file}',
      scope: 'none',
      parameters: [
        {
          name: 'file',
          in: 'path',
          type: 'string',
          required: true,
          meaning: 'name of a file, with a hash of its content',
        },
      ],
      answers: [
        { status: 200, mediaTypes: ['text/javascript', 'text/css', 'image/svg+xml'], meaning: 'the file, for ever' },
      ],
      meaning: 'a file of the console',
      served: 'express',
      handler: consoleFile,
    },
    {
      verb: 'GET',
      path: '/healthz',
      scope: 'none',
      parameters: [],
      answers: [{ status: 200, mediaTypes: [JSON_TYPE], meaning: '`{"status": "alive"}`' }],
      meaning: '200 while the process lives',
      served: 'express',
      handler: health,
    },
    {
      verb: 'GET',
      path: '/readyz',
      scope: 'none',
      parameters: [],
      answers: [{ status: 200, mediaTypes: [JSON_TYPE], meaning: '`{"status": "ready"}`' }],
      meaning: '200 when the database has just taken a synced write, else 503',
      served: 'express',
      handler: readiness,
    },
    {
      verb: 'GET',
      path: '/metrics',
      scope: 'none',
      parameters: [],
      answers: [{ status: 200, mediaTypes: ['text/plain'], meaning: 'the Prometheus text format' }],
      meaning: 'Prometheus metrics',
      served: 'express',
      handler: metricsText,
    },
    {
      verb: 'GET',
      path: DOCUMENTATION_PATH,
      scope: 'none',
      parameters: [],
      answers: [{ status: 200, mediaTypes: ['text/markdown'], meaning: 'the page' }],
      meaning: 'the page about the Events API, which its errors point to',
      served: 'express',
      handler: docsPage,
    },
  ],
};
