import { Router, type Request, type RequestHandler, type Response } from 'express';
import { WriterHubError } from '../errors';
import { pathPattern } from './routes/path-template';
import type { Api, ExpressRoute, Handler, Route } from './routes/route';
import type { RouteContext } from './routes/route-context';

/**
 * Builds the Express router of an API. A verb that a path does not take is answered with `method_not_allowed` and `Allow`; a route for GET
 * answers HEAD too.
 */
export function expressRouter(api: Api, context: RouteContext): Router {
  const router = Router();
  for (const [path, routes] of routesByPath(api.routes)) {
    const allow = allowedVerbs(routes);
    const handlers = new Map<string, Handler>();
    for (const route of routes) {
      if (route.served === 'express') handlers.set(route.verb, createHandler(route, api, context));
    }
    router.all(pathPattern(path, api.lenientPaths), async (request: Request, response: Response) => {
      const handler = handlers.get(request.method === 'HEAD' ? 'GET' : request.method);
      if (handler === undefined) {
        response.setHeader('Allow', allow);
        throw new WriterHubError('method_not_allowed', `${request.path} takes ${allow}`);
      }
      await handler(request, response);
    });
  }
  return router;
}

/** Answers what no route took. */
export const notFound: RequestHandler = (request: Request) => {
  throw new WriterHubError('not_found', `nothing is at ${request.path.slice(0, 200)}`);
};

/** The value of a parameter of the path, decoded by Express. */
export function pathParameter(request: Request, name: string): string {
  return (request.params as Readonly<Record<string, string>>)[name] ?? '';
}

/** Verifies the bearer token before the handler runs; without a valid one the request ends with `unauthenticated`. */
function createHandler(route: ExpressRoute, { findToken }: Api, context: RouteContext): Handler {
  if (route.scope === 'none') return route.handler(context);
  const handler = route.handler(context);
  const { verifier } = context;
  return async (request, response) => {
    await handler(await verifier.verify(findToken(request)), request, response);
  };
}

function routesByPath<T extends Route>(routes: readonly T[]): Map<string, T[]> {
  const byPath = new Map<string, T[]>();
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
  return byPath;
}

/** RFC 9110, section 10.2.1: what `Allow` lists. */
function allowedVerbs(routes: readonly Route[]): string {
  const verbs = new Set<string>(routes.map(({ verb }) => verb));
  if (verbs.has('GET')) verbs.add('HEAD');
  return ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'].filter((verb) => verbs.has(verb)).join(', ');
}
