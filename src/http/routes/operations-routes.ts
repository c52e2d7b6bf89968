import { findToken } from '../../auth/token-finder';
import { consoleFile, frontPage } from '../console/console-handlers';
import { docsPage } from '../docs-page';
import { health, metricsText, readiness } from '../operations';
import { METRICS_PATH } from '../metrics-page';
import { DOCUMENTATION_PATH } from '../v0/events-api-error';
import { ref } from '../../schemas/json-schema';
import { json, JSON_TYPE, UNCHANGED } from './answers';
import type { Api } from '../route';

/** What operators, load balancers and newcomers ask; open, because it tells nothing of what is stored. */
export const OPERATIONS_API: Api = {
  name: 'operations',
  meaning: 'Whether the server is well, and what it is; open to everybody, because it tells nothing of what is stored.',
  findToken,
  lenientPaths: true,
  routes: [
    {
      id: 'serverInfo',
      verb: 'GET',
      path: '/',
      scope: 'none',
      parameters: [],
      answers: [
        {
          ...json(ref('ServerInfo'), 'name, version and addresses; for browsers the console'),
          mediaTypes: [JSON_TYPE, 'text/html'],
        },
        UNCHANGED,
      ],
      errors: [],
      meaning: 'name and version of the server, and where to find what; for browsers the console',
      served: 'express',
      handler: frontPage,
    },
    {
      id: 'consoleFile',
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
        UNCHANGED,
      ],
      errors: ['not_found'],
      meaning: 'a file of the console',
      served: 'express',
      handler: consoleFile,
    },
    {
      id: 'health',
      verb: 'GET',
      path: '/healthz',
      scope: 'none',
      parameters: [],
      answers: [json(ref('Alive'), '`{"status": "alive"}`', '{"status":"alive"}')],
      errors: [],
      meaning: '200 while the process lives',
      served: 'express',
      handler: health,
    },
    {
      id: 'readiness',
      verb: 'GET',
      path: '/readyz',
      scope: 'none',
      parameters: [],
      answers: [json(ref('Ready'), '`{"status": "ready"}`', '{"status":"ready"}')],
      errors: ['store_unavailable', 'shutting_down', 'store_busy'],
      meaning:
        '200 when the database has just taken a synced write, and other hubs are heard where there are any, else 503',
      served: 'express',
      handler: readiness,
    },
    {
      id: 'metrics',
      verb: 'GET',
      path: METRICS_PATH,
      scope: 'none',
      parameters: [],
      answers: [
        {
          status: 200,
          mediaTypes: ['text/plain', 'application/openmetrics-text'],
          meaning: 'the Prometheus text format, or OpenMetrics where `Accept` asks for it',
        },
      ],
      errors: ['unauthenticated', 'forbidden', 'not_found'],
      meaning: 'metrics for Prometheus; with `WRITER_HUB_METRICS_TOKEN` for its bearers alone',
      served: 'express',
      handler: metricsText,
    },
    {
      id: 'eventsApiPage',
      verb: 'GET',
      path: DOCUMENTATION_PATH,
      scope: 'none',
      parameters: [],
      answers: [{ status: 200, mediaTypes: ['text/markdown'], meaning: 'the page' }],
      errors: [],
      meaning: 'the page about the Events API, which its errors point to',
      served: 'express',
      handler: docsPage,
    },
  ],
};
