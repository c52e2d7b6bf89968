import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { findToken } from '../auth/token-finder';
import { lacksScope, WriterHubError } from '../errors';
import type { Metrics } from '../metrics/metrics';
import type { Callers } from './callers';
import { sendProblem, asWriterHubError } from './problem';
import { pathOf } from './request-target';

export const METRICS_PATH = '/metrics';

export interface MetricsPageOptions {
  readonly metrics: Metrics;
  readonly callers: Callers;
  /** What a request has to bring; `undefined`: nothing. */
  readonly token: string | undefined;
}

/** Answers with the metrics: to everybody, or to those who may. */
export class MetricsPage {
  readonly #metrics: Metrics;
  readonly #callers: Callers;
  readonly #digest: Buffer | undefined;

  constructor({ metrics, callers, token }: MetricsPageOptions) {
    this.#metrics = metrics;
    this.#callers = callers;
    this.#digest = token === undefined ? undefined : digestOf(token);
  }

  /** Rejects with `unauthenticated` and `forbidden` where a token is needed. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#digest !== undefined) await this.#check(request, this.#digest);
    const { contentType, text } = await this.#metrics.expose(request.headers.accept);
    response.setHeader('Content-Type', contentType);
    response.setHeader('Vary', 'Accept');
    response.setHeader('Cache-Control', 'no-store');
    response.end(text);
  }

  /** What listens on a port of its own, where nothing else is. */
  readonly listener: RequestListener = (request, response) => {
    this.#answerAlone(request, response).catch((error: unknown) => {
      const known = asWriterHubError(error);
      this.#metrics.refusals.error(known.code);
      sendProblem(response, known);
    });
  };

  async #answerAlone(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (pathOf(request) !== METRICS_PATH) {
      throw new WriterHubError('not_found', `nothing is at this port but ${METRICS_PATH}`);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      throw new WriterHubError('method_not_allowed', `${METRICS_PATH} takes GET, HEAD`);
    }
    await this.answer(request, response);
  }

  /** The token of the option, or one of the hub that allows it. */
  async #check(request: IncomingMessage, digest: Buffer): Promise<void> {
    const token = findToken(request);
    if (timingSafeEqual(digestOf(token), digest)) return;
    const { scopes } = await this.#callers.identify(request, token);
    if (!scopes.mayReadMetrics) throw lacksScope('metrics');
  }
}

/** Of one length, so that comparing them says nothing of the token. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
