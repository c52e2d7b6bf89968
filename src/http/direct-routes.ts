import type { IncomingMessage, ServerResponse } from 'node:http';
import { WriterHubError } from '../errors';
import { noteRoute } from './measured-response';
import { pathOf } from './request-target';
import { literalPrefix, pathParameters, pathPattern } from './routes/path-template';
import { KnownParameters } from './known-parameters';
import type { Api, DirectHandler, PathMatch } from './route';
import type { RouteContext } from './route-context';

/** A route as a request is compared with it: what costs least comes first. */
interface CompiledRoute {
  readonly verb: string;
  readonly template: string;
  /** What the path begins with; without parameters the whole path. */
  readonly prefix: string;
  /** `undefined`: the path has no parameters. */
  readonly pattern: RegExp | undefined;
  readonly handle: DirectHandler;
}

/** The routes that are answered in front of Express. */
export class DirectRoutes {
  readonly #routes: readonly CompiledRoute[];

  constructor(apis: readonly Api[], context: RouteContext) {
    this.#routes = apis.flatMap(({ routes, ignoredParameters }) =>
      routes
        .filter((route) => route.served === 'direct')
        .map(({ verb, path, handler, parameters }) => ({
          verb,
          template: path,
          prefix: literalPrefix(path),
          pattern: pathParameters(path).length === 0 ? undefined : pathPattern(path),
          handle: handler(context, KnownParameters.of(parameters, ignoredParameters)),
        })),
    );
  }

  /** Answers a request that is for one of the routes; `undefined` for every other. Throws `invalid_name`. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void> | undefined {
    const { method, url = '' } = request;
    for (const route of this.#routes) {
      if (method !== route.verb || !url.startsWith(route.prefix)) continue;
      const match = route.pattern === undefined ? matchWhole(url, route.prefix) : route.pattern.exec(pathOf(request));
      if (match === null) continue;
      noteRoute(response, route.template);
      return route.handle(request, response, decodeParameters(match));
    }
    return undefined;
  }
}

const NO_PARAMETERS: string[] = [''];

function matchWhole(url: string, path: string): string[] | null {
  return url.length === path.length || url[path.length] === '?' ? NO_PARAMETERS : null;
}

/** Decodes in place: what a path holds is rarely encoded. */
function decodeParameters(match: string[]): PathMatch {
  for (let index = 1; index < match.length; index++) {
    const segment = match[index]!;
    if (segment.includes('%')) match[index] = decodeSegment(segment);
  }
  return match;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new WriterHubError('invalid_name', 'the path is not percent-encoded UTF-8', { cause });
  }
}
