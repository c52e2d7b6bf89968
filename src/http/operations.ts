import { WriterHubError } from '../errors';
import type { Handler } from './route';
import type { RouteContext } from './route-context';

export function serverInfo({
  version,
  proxies,
  engine,
}: Pick<RouteContext, 'version' | 'proxies' | 'engine'>): Handler {
  return (request, response) => {
    const { prefix } = proxies.publicAddress(request);
    response.json({
      name: 'writer-hub',
      version,
      hub: `${prefix}/hub`,
      topics: `${prefix}/topics`,
      health: `${prefix}/healthz`,
      ready: `${prefix}/readyz`,
      metrics: `${prefix}/metrics`,
      ...(engine !== undefined && { sql: `${prefix}/v0/sql`, sqlFormats: engine.formats }),
    });
  };
}

export function health(): Handler {
  return (_request, response) => {
    response.json({ status: 'alive' });
  };
}

/** Makes a synced write to the store; its error is the answer if that fails. */
export function readiness({ store, lifecycle }: Pick<RouteContext, 'store' | 'lifecycle'>): Handler {
  return async (_request, response) => {
    if (lifecycle.stopping) throw new WriterHubError('shutting_down', 'the server is stopping');
    await store.probe();
    response.json({ status: 'ready' });
  };
}

export function metricsText({ metrics }: Pick<RouteContext, 'metrics'>): Handler {
  return async (_request, response) => {
    response.setHeader('Content-Type', metrics.contentType);
    response.end(await metrics.text());
  };
}
