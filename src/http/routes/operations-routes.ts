import { findToken } from '../../auth/token-finder';
import { docsPage } from '../docs-page';
import { health, metricsText, readiness, serverInfo } from '../operations';
import { METRICS_PATH } from '../metrics-page';
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
      answers: [{ status: 200, mediaTypes: [JSON_TYPE], meaning: 'name, version and addresses' }],
      meaning: 'name and version of the server, and where to find what',
      served: 'express',
      handler: serverInfo,
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
      meaning: 'metrics for Prometheus; with `WRITER_HUB_METRICS_TOKEN` for its bearers alone',
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
