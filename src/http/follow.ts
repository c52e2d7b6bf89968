import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import type { Principal } from '../auth/principal';
import { checkStreamId, checkTopicName } from '../events/names';
import type { Feed } from '../feed/feed';
import type { FeedRecord } from '../feed/feed-record';
import type { FeedQuery } from '../feed/feed-source';
import { pathParameter } from './express-router';
import { EVENT_STREAM, type FeedForm, PARAMETER_STREAM } from './feed-forms';
import { followQuery, packageQuery } from './follow-query';
import { liveAnswers, liveForm } from './live-answers';
import type { AuthenticatedHandler } from './route';
import type { RouteContext } from './route-context';

/** Handlers that answer for as long as the caller listens. */
export interface Follows {
  readonly topic: AuthenticatedHandler;
  readonly stream: AuthenticatedHandler;
}

/** What is followed: a topic, or a stream of it. */
interface Where {
  readonly topic: string;
  readonly streamId?: string;
}

/** A kind of records that is followed. */
interface FollowedKind<Query extends FeedQuery, R extends FeedRecord> {
  readonly feed: Pick<Feed<Query, R>, 'follow'>;
  /** What a request asks for. Throws `invalid_query`. */
  readonly query: (request: IncomingMessage, where: Where) => Query;
  readonly eventStream: FeedForm;
}

/** Events as they come. */
export function eventFollows(context: FollowContext): Follows {
  return follows(context, {
    feed: context.feed,
    query: (request, where) => ({ ...followQuery(request), ...where }),
    eventStream: EVENT_STREAM,
  });
}

/** Packages of parameter data as they come. */
export function parameterFollows(context: FollowContext): Follows {
  return follows(context, {
    feed: context.packageFeed,
    query: (request, where) => ({ ...packageQuery(request), ...where }),
    eventStream: PARAMETER_STREAM,
  });
}

function follows<Query extends FeedQuery, R extends FeedRecord>(
  context: FollowContext,
  { feed, query: queryOf, eventStream }: FollowedKind<Query, R>,
): Follows {
  const { service } = context;
  const answerLive = liveAnswers(context);

  const follow = (principal: Principal, where: Where, request: Request, response: Response): Promise<void> => {
    service.checkReader(principal.scopes, where.topic);
    const query = queryOf(request, where);
    return answerLive({ principal, request, response }, liveForm(request, eventStream), (following) =>
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

type FollowContext = Pick<RouteContext, 'service' | 'feed' | 'packageFeed' | 'followers' | 'answers' | 'revocations'>;
