import type { Request, RequestHandler, Response, Router } from 'express';
import { WriterHubError } from '../errors';

type Verb = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Handler = (request: Request, response: Response) => void | Promise<void>;

/** Adds a path with the verbs it takes; any other verb is answered with `method_not_allowed` and `Allow`. */
export function addRoute(
  router: Router,
  path: string | RegExp,
  handlers: Partial<Record<Verb, Handler>>,
  allowedElsewhere: Verb[] = [],
): void {
  const verbs = [...(Object.keys(handlers) as Verb[]), ...allowedElsewhere];
  const allow = verbs.flatMap((verb) => (verb === 'GET' ? ['GET', 'HEAD'] : [verb])).join(', ');
  router.all(path, async (request: Request, response: Response) => {
    const handler = handlers[(request.method === 'HEAD' ? 'GET' : request.method) as Verb];
    if (handler === undefined) {
      response.setHeader('Allow', allow);
      throw new WriterHubError('method_not_allowed', `${request.path} takes ${allow}`);
    }
    await handler(request, response);
  });
}

/** Answers what no route took. */
export const notFound: RequestHandler = (request: Request) => {
  throw new WriterHubError('not_found', `nothing is at ${request.path.slice(0, 200)}`);
};

/** What the parentheses of a route's pattern took, decoded by Express. */
export function captured(request: Request, index: number): string {
  return (request.params as unknown as Record<number, string>)[index] ?? '';
}
