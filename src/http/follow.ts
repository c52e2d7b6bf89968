import type { Request, Response } from 'express';
import type { Principal } from '../auth/principal';
import type { WriterHubError } from '../errors';
import { checkStreamId, checkTopicName } from '../events/names';
import { pathParameter } from './express-router';
import { FeedAnswer } from './feed-answer';
import { EVENT_STREAM, type FeedForm, LINES } from './feed-forms';
import { followQuery, lastEventId } from './follow-query';
import { FramedBatches } from './framed-batches';
import { asWriterHubError } from './problem';
import type { AuthenticatedHandler } from './route';
import type { RouteContext } from './route-context';
import { watchToken } from './token-watch';

const FORMS: ReadonlyMap<string, FeedForm> = new Map([
  ['text/event-stream', EVENT_STREAM],
  ['application/x-ndjson', LINES],
]);

/** Handlers that answer for as long as the caller listens. */
export interface Follows {
  readonly topic: AuthenticatedHandler;
  readonly stream: AuthenticatedHandler;
}

export function follows({ service, feed, followers, answers, revocations }: FollowContext): Follows {
  const framed = new FramedBatches();
  const follow = async (
    principal: Principal,
    where: { readonly topic: string; readonly streamId?: string },
    request: Request,
    response: Response,
  ): Promise<void> => {
    const form = FORMS.get(request.accepts([...FORMS.keys()]) || 'text/event-stream') ?? EVENT_STREAM;
    service.checkReader(principal.scopes, where.topic);
    const query = { ...followQuery(request), ...where };
    const ending = new AbortController();
    const abort = (): void => {
      ending.abort();
    };
    const answer = new FeedAnswer(response, answers, { holder: principal.holder, form, framed, abort });
    const stopWatching = watchToken(principal, revocations, (error) => {
      answer.stop(error);
    });
    try {
      response.once('close', followers.take(principal.holder));
      await answer.run(feed.follow(query, { signal: ending.signal, holder: principal.holder }));
    } catch (error) {
      refuse(request, response, asWriterHubError(error), form);
    } finally {
      stopWatching();
    }
  };

  return {
    topic: (principal, request, response) =>
      follow(principal, { topic: checkTopicName(pathParameter(request, 'topic')) }, request, response),
    stream: (principal, request, response) => {
      const topic = checkTopicName(pathParameter(request, 'topic'));
      return follow(
        principal,
        { topic, streamId: checkStreamId(pathParameter(request, 'streamId')) },
        request,
        response,
      );
    },
  };
}

type FollowContext = Pick<RouteContext, 'service' | 'feed' | 'followers' | 'answers' | 'revocations'>;

/**
 * An `EventSource` never comes back after any error, so it is told of one that passes in an answer that succeeds. One
 * that comes back to what is no longer there is told to stop: 204 is how the HTML standard says it.
 */
function refuse(request: Request, response: Response, error: WriterHubError, form: FeedForm): void {
  if (form !== EVENT_STREAM || response.headersSent) throw error;
  if (error.kind.retry) {
    response.setHeader('Content-Type', form.contentType);
    response.setHeader('Cache-Control', 'no-cache, no-transform');
    response.end(form.pause(error, 5_000));
    return;
  }
  const isResumed = lastEventId(request) !== undefined;
  if (!isResumed || error.kind.status < 404) throw error;
  response.statusCode = 204;
  response.end();
}
