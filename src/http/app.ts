import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { WriterHubError, isFault } from '../errors';
import type { Logger } from '../log';
import type { RequestPlace, RequestTrace, Tracing } from '../tracing/tracing';
import type { AnswerError } from './client-error';
import { answerCors } from './cors';
import { DirectRoutes } from './direct-routes';
import { expressRouter, notFound } from './express-router';
import { answeredAt, routeOf } from './measured-response';
import type { OriginPolicy } from './origins';
import { refuseWithoutHost } from './host-header';
import { asWriterHubError, sendProblem } from './problem';
import { Refusals } from './refusals';
import { askedPathOf, pathOf } from './request-target';
import { hubTemplateOf } from './routes/hub-routes';
import { APIS } from './routes/route-table';
import { createRouteContext, type HttpServices } from './route-context';
import { SlowRequests } from './slow-requests';
import type { TrustedProxies } from './trusted-proxies';
import { isEventsApiPath, sendEventsApiError } from './v0/events-api-error';

/** A request handler of another component, at a path of its own. */
export interface Mount {
  readonly path: string;
  readonly handler: RequestListener;
}

export interface AppDependencies extends HttpServices {
  readonly mounts: readonly Mount[];
  readonly origins: OriginPolicy;
  /** Why requests were refused, as others noted it. */
  readonly refusals: Refusals;
  readonly tracing: Tracing;
  readonly logger: Logger;
}

/** Everything that is answered over HTTP. */
export interface App {
  readonly listener: RequestListener;
  /** Answers a request with an error, whatever else becomes of it. */
  readonly fail: AnswerError;
}

/** Answers a few routes by themselves, all others through Express. */
export function createApp(dependencies: AppDependencies): App {
  const { origins, mounts, turns, callers, topicIds, tracing, proxies } = dependencies;
  const context = createRouteContext(dependencies);
  const direct = new DirectRoutes(APIS, context);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  for (const { path, handler } of mounts) app.use(path, handler);
  for (const api of APIS) app.use(expressRouter(api, context));
  app.use(notFound);

  const fail = (response: ServerResponse, error: unknown): void => {
    answerError(response, error, dependencies);
  };
  const onError: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
    fail(response, fromExpress(error));
  };
  app.use(onError);

  const route = (request: IncomingMessage, response: ServerResponse): void => {
    const answered = direct.answer(request, response);
    if (answered === undefined) app(request, response);
    else
      answered.catch((error: unknown) => {
        fail(response, error);
      });
  };

  const begin = (request: IncomingMessage, response: ServerResponse): void => {
    try {
      answerCors(request, response, origins, () => {
        route(request, response);
      });
    } catch (error) {
      fail(response, error);
    }
  };

  const slow = new SlowRequests({
    limits: dependencies.limits,
    onStrike: dependencies.onStrike,
    clientOf: (request) => dependencies.proxies.clientOf(request),
    fail,
  });
  const listener: RequestListener = (request, response) => {
    // RFC 9112, section 3.2.2: a server accepts the absolute form of a target.
    if (request.url?.startsWith('/') === false) request.url = request.url.replace(/^https?:\/\/[^/?]*/i, '') || '/';
    request.url = topicIds.inPath(request.url ?? '/');
    const trace = tracing.request(request, () => placeOf(request, proxies));
    observe(request, response, dependencies, trace);
    if (refuseWithoutHost(request, response, dependencies.refusals)) return;
    slow.watch(request, response);
    const start =
      trace === undefined
        ? begin
        : (): void => {
            trace.run(() => {
              begin(request, response);
            });
          };
    if (turns.mayBegin()) start(request, response);
    else {
      turns.queue(callers.guessHolder(request), request.socket, () => {
        // The sender may have gone meanwhile.
        if (!response.closed) start(request, response);
      });
    }
  };
  return { listener, fail };
}

/** Where a request came to, for its trace. */
function placeOf(request: IncomingMessage, proxies: TrustedProxies): RequestPlace {
  const { scheme, host } = proxies.publicAddress(request);
  return { scheme, host, path: askedPathOf(request), client: proxies.clientOf(request) };
}

/** Logs and counts a request. The query is left out: it may hold a token. A refusal says why. */
function observe(
  request: IncomingMessage,
  response: ServerResponse,
  { logger, metrics, refusals, callers, proxies, tracing }: AppDependencies,
  trace: RequestTrace | undefined,
): void {
  const started = performance.now();
  const { method = '' } = request;
  // Once its connection is closed, a socket has no address.
  const remote = logger.isLevelEnabled('info') ? proxies.clientOf(request) : undefined;
  response.on('close', () => {
    const status = response.writableFinished ? response.statusCode : 499;
    const path = askedPathOf(request);
    const route = routeOf(response) ?? hubTemplateOf(path);
    metrics.requests.answered(route, method, status, (answeredAt(response) - started) / 1000);
    trace?.ended({ route, status, code: refusals.of(request)?.code });
    if (!logger.isLevelEnabled('info')) return;
    const milliseconds = Math.round((performance.now() - started) * 100) / 100;
    const line = { method, path, status, milliseconds, remote, ...tracing.fieldsOf(request) };
    const refusal = refusals.of(request);
    if (refusal === undefined) logger.info(line, 'request');
    else logger.info({ ...line, ...refusal, subject: callers.subjectOf(request) }, 'request');
  });
}

function answerError(response: ServerResponse, error: unknown, dependencies: AppDependencies): void {
  const { logger, metrics, refusals, proxies, tracing } = dependencies;
  const known = asWriterHubError(error);
  metrics.refusals.error(known.code);
  const requestId = refusals.note(response.req, known);
  if (isFault(known)) {
    const fields = { code: known.code, requestId, ...tracing.fieldsOf(response.req), err: known.cause ?? known };
    logger.error(fields, 'request failed');
  }
  // It may have been answered because its body broke.
  if (response.writableEnded) return;
  if (!response.headersSent) response.setHeader('X-Request-Id', requestId);
  // Half of an answer has been sent: only cutting the connection tells the client that it is incomplete.
  if (response.headersSent) response.destroy();
  else if (isEventsApiPath(pathOf(response.req))) {
    sendEventsApiError(response, known, proxies.publicAddress(response.req));
  } else sendProblem(response, known);
}

/** Express reports a path that it cannot decode as a `URIError`. */
function fromExpress(error: unknown): unknown {
  if (!(error instanceof URIError)) return error;
  return new WriterHubError('invalid_name', 'the path is not percent-encoded UTF-8', { cause: error });
}
