import type { Request } from 'express';
import { WriterHubError } from '../errors';
import type { ListingItem } from '../feed/listing';
import { CatalogueAnswer } from './catalogue-answer';
import { pathParameter } from './express-router';
import { type FeedForm, formOf } from './feed-forms';
import { answerFeed, type LiveCaller } from './live-answers';
import { queryOf } from './request-target';
import type { AuthenticatedHandler } from './route';
import type { RouteContext } from './route-context';

type CatalogueContext = Pick<RouteContext, 'service' | 'catalogueFeed' | 'followers' | 'answers' | 'revocations'>;

/** Handlers of listings. */
interface ListingHandlers {
  readonly topics: AuthenticatedHandler;
  readonly streams: AuthenticatedHandler;
}

/** Opens a listing for a reader. Throws what it is refused with. */
type Open = (signal: AbortSignal) => AsyncGenerator<ListingItem, void, void>;

/** Handlers of listings: a page of them, or, for whoever accepts a feed, all there is and what changes. */
export function catalogueFollows(context: CatalogueContext, pages: ListingHandlers): ListingHandlers {
  const { service, catalogueFeed, answers } = context;

  const follow = async (caller: LiveCaller, form: FeedForm, type: 'topic' | 'stream', open: Open): Promise<void> => {
    refusePages(caller.request);
    await answerFeed(context, caller, form, ({ signal, abort }) => {
      const { holder } = caller.principal;
      const answer = new CatalogueAnswer(caller.response, answers, { holder, form, type, abort });
      return {
        stop: (reason) => {
          answer.stop(reason);
        },
        run: () => answer.run(open(signal)),
      };
    });
  };

  const topics: AuthenticatedHandler = async (principal, request, response) => {
    const form = acceptedForm(request);
    if (form === undefined) return pages.topics(principal, request, response);
    const { scopes, holder } = principal;
    await follow({ request, response, principal }, form, 'topic', (signal) =>
      catalogueFeed.topics((topic) => scopes.mayRead(topic), { signal, holder }),
    );
  };

  const streams: AuthenticatedHandler = async (principal, request, response) => {
    const form = acceptedForm(request);
    if (form === undefined) return pages.streams(principal, request, response);
    const { scopes, holder } = principal;
    const topic = service.checkReader(scopes, pathParameter(request, 'topic'));
    await follow({ request, response, principal }, form, 'stream', (signal) =>
      catalogueFeed.streams(topic, { signal, holder }),
    );
  };

  return { topics, streams };
}

/** The form of the feed that a caller prefers to a page. */
function acceptedForm(request: Request): FeedForm | undefined {
  return formOf(request.accepts(['application/json', 'text/event-stream', 'application/x-ndjson']));
}

/** All there is has no pages. */
function refusePages(request: Request): void {
  for (const name of ['after', 'limit']) {
    if (!queryOf(request.url).has(name)) continue;
    throw new WriterHubError('invalid_query', `a listing that goes on gives everything, and takes no ${name}`);
  }
}
