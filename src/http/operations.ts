import type { Handler } from './route';
import type { RouteContext } from './route-context';

export function serverInfo({ version }: Pick<RouteContext, 'version'>): Handler {
  return (_request, response) => {
    response.json({
      name: 'writer-hub',
      version,
      hub: '/hub',
      topics: '/topics',
      health: '/healthz',
      ready: '/readyz',
      metrics: '/metrics',
    });
  };
}

export function health(): Handler {
  return (_request, response) => {
    response.json({ status: 'alive' });
  };
}

/** Makes a synced write to the store; its error is the answer if that fails. */
export function readiness({ store }: Pick<RouteContext, 'store'>): Handler {
  return async (_request, response) => {
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
