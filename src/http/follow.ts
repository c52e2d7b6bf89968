import type { Request, Response } from 'express';
import type { Principal } from '../auth/principal';
import { checkStreamId, checkTopicName } from '../events/names';
import { pathParameter } from './express-router';
import { followQuery } from './follow-query';
import { liveAnswers, liveForm } from './live-answers';
import type { AuthenticatedHandler } from './route';
import type { RouteContext } from './route-context';

/** Handlers that answer for as long as the caller listens. */
export interface Follows {
  readonly topic: AuthenticatedHandler;
  readonly stream: AuthenticatedHandler;
}

export function follows(context: FollowContext): Follows {
  const { service, feed } = context;
  const answerLive = liveAnswers(context);

  const follow = (
    principal: Principal,
    where: { readonly topic: string; readonly streamId?: string },
    request: Request,
    response: Response,
  ): Promise<void> => {
    service.checkReader(principal.scopes, where.topic);
    const query = { ...followQuery(request), ...where };
    return answerLive({ principal, request, response }, liveForm(request), (following) =>
      feed.follow(query, following),
    );
  };

  return {
    async topic(principal, request, response) {
      await follow(principal, { topic: checkTopicName(pathParameter(request, 'topic')) }, request, response);
    },
    async stream(principal, request, response) {
      const topic = checkTopicName(pathParameter(request, 'topic'));
      const streamId = checkStreamId(pathParameter(request, 'streamId'));
      await follow(principal, { topic, streamId }, request, response);
    },
  };
}

type FollowContext = Pick<RouteContext, 'service' | 'feed' | 'followers' | 'answers' | 'revocations'>;
