import { Router } from 'express';
import type { Metrics } from '../metrics';
import type { Store } from '../store/contract/store';
import { addRoute } from './route';

/** What an operator and a load balancer ask; open, because it tells nothing of what is stored. */
export function operationsRouter(store: Pick<Store, 'probe'>, metrics: Metrics, version: string): Router {
  const router = Router();
  addRoute(router, '/', {
    GET: (_request, response) => {
      response.json({
        name: 'writer-hub',
        version,
        hub: '/hub',
        topics: '/topics',
        health: '/healthz',
        ready: '/readyz',
        metrics: '/metrics',
      });
    },
  });
  addRoute(router, '/healthz', {
    GET: (_request, response) => {
      response.json({ status: 'alive' });
    },
  });
  addRoute(router, '/readyz', {
    GET: async (_request, response) => {
      await store.probe();
      response.json({ status: 'ready' });
    },
  });
  addRoute(router, '/metrics', {
    GET: async (_request, response) => {
      response.setHeader('Content-Type', metrics.contentType);
      response.end(await metrics.text());
    },
  });
  return router;
}
