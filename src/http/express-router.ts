import { Router, type Request, type RequestHandler, type Response } from 'express';
import { WriterHubError } from '../errors';
import { END_ID } from './feed-forms';
import { lastEventId } from './follow-query';
import { KnownParameters } from './known-parameters';
import { noteRoute } from './measured-response';
import { GONE_FOLLOWED } from './routes/answers';
import { pathPattern } from './routes/path-template';
import type { Api, Handler, Route } from './route';
import type { RouteContext } from './route-context';

/**
 * Builds the Express router of an API. A verb that a path does not take is answered with `method_not_allowed` and
 * `Allow`; a route for GET answers HEAD too, and every path OPTIONS.
 */
export function expressRouter(api: Api, context: RouteContext): Router {
  const router = Router();
  for (const [path, routes] of routesByPath(api.routes)) {
    const direct = routes.filter(({ served }) => served === 'direct').map(({ verb }) => verb);
    const handlers = createHandlers(routes, api, context);
    const allow = allowedVerbs([...handlers.keys(), ...direct]);
    if (allow === '') continue;
    router.all(pathPattern(path, api.lenientPaths), async (request: Request, response: Response) => {
      noteRoute(response, path);
      const handler = handlers.get(request.method === 'HEAD' ? 'GET' : request.method);
      if (handler === undefined) {
        response.setHeader('Allow', allow);
        // RFC 9110, section 9.3.7. A preflight of a browser has been answered before.
        if (request.method === 'OPTIONS') {
          response.status(204).end();
          return;
        }
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

/**
 * The handlers of one path by verb. A handler of a route that needs a token is called once the token has been verified.
 */
function createHandlers(
  routes: readonly Route[],
  { findToken, ignoredParameters }: Api,
  context: RouteContext,
): Map<string, Handler> {
  const { callers } = context;
  const handlers = new Map<string, Handler>();
  for (const route of routes) {
    if (route.served !== 'express') continue;
    const query = KnownParameters.of(route.parameters, ignoredParameters);
    if (route.scope === 'none') {
      const handler = route.handler(context);
      if (handler === undefined) continue;
      handlers.set(route.verb, (request, response) => {
        query.check(request.url);
        return handler(request, response);
      });
      continue;
    }
    const handler = route.handler(context);
    if (handler === undefined) continue;
    const isFollowed = route.answers.includes(GONE_FOLLOWED);
    handlers.set(route.verb, async (request, response) => {
      if (isFollowed && lastEventId(request) === END_ID) {
        // It was told of the end. HTML: 9.2.3 Processing model: 204 has an `EventSource` stop.
        response.status(204).end();
        return;
      }
      const principal = await callers.identify(request, findToken(request));
      if (route.refusesQuery !== true) query.check(request.url);
      await handler(principal, request, response);
    });
  }
  return handlers;
}

function routesByPath(routes: readonly Route[]): Map<string, Route[]> {
  const byPath = new Map<string, Route[]>();
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
  return byPath;
}

/** RFC 9110, section 10.2.1: what `Allow` lists. */
function allowedVerbs(verbs: readonly string[]): string {
  const allowed = new Set(verbs);
  if (allowed.has('GET')) allowed.add('HEAD');
  return ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'].filter((verb) => allowed.has(verb)).join(', ');
}
