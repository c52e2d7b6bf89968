import { WriterHubError } from '../errors';
import { METRICS_PATH } from './metrics-page';
import type { Handler } from './route';
import type { RouteContext } from './route-context';

export function serverInfo({
  version,
  proxies,
  metricsPage,
  engine,
}: Pick<RouteContext, 'version' | 'proxies' | 'metricsPage' | 'engine'>): Handler {
  return (request, response) => {
    const { prefix } = proxies.publicAddress(request);
    response.json({
      name: 'writer-hub',
      version,
      hub: `${prefix}/hub`,
      topics: `${prefix}/topics`,
      health: `${prefix}/healthz`,
      ready: `${prefix}/readyz`,
      ...(metricsPage !== undefined && { metrics: `${prefix}${METRICS_PATH}` }),
      openapi: `${prefix}/openapi.json`,
      swagger: `${prefix}/swagger`,
      hubMethods: `${prefix}/hub-methods`,
      ...(engine !== undefined && { sql: `${prefix}/v0/sql`, sqlFormats: engine.formats }),
    });
  };
}

export function health(): Handler {
  return (_request, response) => {
    response.json({ status: 'alive' });
  };
}

/** Its answer is the error of what makes it unready. */
export function readiness({ probe, lifecycle }: Pick<RouteContext, 'probe' | 'lifecycle'>): Handler {
  return async (_request, response) => {
    if (lifecycle.stopping) throw new WriterHubError('shutting_down', 'the server is stopping');
    await probe();
    response.json({ status: 'ready' });
  };
}

/** Metrics; `undefined`: they are at a port of their own. */
export function metricsText({ metricsPage }: Pick<RouteContext, 'metricsPage'>): Handler | undefined {
  return metricsPage && ((request, response) => metricsPage.answer(request, response));
}
