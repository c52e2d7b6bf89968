import { WriterHubError } from '../errors';
import type { BodyReader } from './body-reader';
import { pathParameter } from './express-router';
import type { HttpServices } from './route-context';
import { readFlag } from './page-query';
import type { AuthenticatedHandler } from './route';

/** Handlers that remove topics and streams, and say how long topics keep what they hold. */
export interface TopicCare {
  readonly removeTopic: AuthenticatedHandler;
  readonly removeStream: AuthenticatedHandler;
  readonly setRetention: AuthenticatedHandler;
}

/** The most bytes of the body that sets a retention. */
const MAX_BYTES = 4096;

export function topicCare(
  { topics, dataSources }: Pick<HttpServices, 'topics' | 'dataSources'>,
  bodies: BodyReader,
): TopicCare {
  return {
    async removeTopic({ scopes, holder }, request, response) {
      const name = pathParameter(request, 'topic');
      await topics.removeTopic(scopes, name, holder).catch((error: unknown) => {
        // A data source is listed among the topics, and can be removed as one.
        if (!(error instanceof WriterHubError) || error.code !== 'wrong_topic_kind') throw error;
        return dataSources.drop(scopes, name, holder);
      });
      response.status(204).end();
    },
    async removeStream({ scopes, holder }, request, response) {
      const stream = { topic: pathParameter(request, 'topic'), streamId: pathParameter(request, 'streamId') };
      await topics.removeStream(scopes, stream, holder);
      response.status(204).end();
    },
    async setRetention({ scopes, holder }, request, response) {
      const confirmed = readFlag(request.url, 'confirm');
      topics.checkOwner(scopes, pathParameter(request, 'topic'));
      const body = await bodies.parseJson({ request, response, holder, maxBytes: MAX_BYTES });
      await topics.setRetention(scopes, { topic: pathParameter(request, 'topic'), body, confirmed, holder });
      response.status(200).end();
    },
  };
}
