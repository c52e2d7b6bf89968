import type { Request, Response } from 'express';
import type { Principal } from '../auth/principal';
import { renderEvent } from '../events/event-json';
import { checkStreamId, checkTopicName } from '../events/names';
import type { EventPage, ReadQuery } from '../store/contract/event-log';
import { followedPage } from './follow-query';
import { followForm, liveAnswers } from './live-answers';
import { sendRecordPage } from './send-record-page';
import { PageQuery, defined } from './page-query';
import { pathParameter } from './express-router';
import type { AuthenticatedHandler } from './route';
import type { RouteContext } from './route-context';
import { renderStream, renderTopic } from '../events/stream-json';

/**
 * Handlers of reads, a page at a time: the `next` of an answer is the `after` of the next request; `null` at the end.
 */
export interface Reads {
  readonly topics: AuthenticatedHandler;
  readonly topic: AuthenticatedHandler;
  readonly streams: AuthenticatedHandler;
  readonly stream: AuthenticatedHandler;
  readonly definitions: AuthenticatedHandler;
  readonly topicEvents: AuthenticatedHandler;
  readonly streamEvents: AuthenticatedHandler;
}

type ReadContext = Pick<RouteContext, 'service' | 'feed' | 'followers' | 'answers' | 'revocations' | 'readPlaces'>;

export function reads(context: ReadContext): Reads {
  const { service, feed, answers, readPlaces } = context;
  const answerLive = liveAnswers(context);
  const inTurn = <T>({ holder }: Principal, read: () => Promise<T>): Promise<T> => readPlaces.run(read, { holder });

  const readPage = async (
    { scopes }: Principal,
    { tail, ...query }: EventQuery,
    response: Response,
  ): Promise<EventPage> => {
    if (tail === undefined) return service.read(scopes, query);
    const { cut, ...page } = await service.tail(scopes, { ...query, limit: tail });
    if (cut) response.setHeader('Writer-Hub-Warning', cutWarning(page, tail));
    return page;
  };

  const sendEvents = async (
    principal: Principal,
    where: { readonly topic: string; readonly streamId?: string },
    request: Request,
    response: Response,
  ): Promise<void> => {
    const followed = followedPage(request);
    if (followed !== undefined) {
      service.checkReader(principal.scopes, where.topic);
      const query = { ...followed, ...where };
      const caller = { principal, request, response };
      await answerLive(caller, followForm(request), (following) => feed.follow(query, following));
      return;
    }
    const query = { ...eventRange(request), ...where };
    await sendRecordPage({ principal, request, response }, { answers, readPlaces }, query.limit, async () => {
      const page = await readPage(principal, query, response);
      return { ...page, name: 'events', texts: textsOf(page, query.streamId === undefined) };
    });
  };

  const sendNames = (
    response: Response,
    { holder }: Principal,
    { key, items, last }: { key: string; items: string[]; last: string | undefined },
  ): void => {
    const next = last === undefined ? 'null' : JSON.stringify(last);
    const text = Buffer.from(`{"${key}":[${items.join(',')}],"next":${next}}`);
    answers.reserve(response, holder, text.length);
    response.setHeader('Content-Type', 'application/json');
    answers.send(response, holder, [text]);
  };

  return {
    async topics(principal, request, response) {
      const page = namePage(request);
      const topics = await inTurn(principal, () => service.topics(principal.scopes, page));
      const last = topics.at(page.limit - 1)?.name;
      sendNames(response, principal, { key: 'topics', items: topics.map(renderTopic), last });
    },
    async topic(principal, request, response) {
      const topic = await inTurn(principal, () => service.topic(principal.scopes, pathParameter(request, 'topic')));
      response.setHeader('Content-Type', 'application/json');
      response.end(renderTopic(topic));
    },
    async streams(principal, request, response) {
      const page = namePage(request);
      const topic = pathParameter(request, 'topic');
      const streams = await inTurn(principal, () => service.streams(principal.scopes, topic, page));
      const last = streams.at(page.limit - 1)?.streamId;
      sendNames(response, principal, { key: 'streams', items: streams.map(renderStream), last });
    },
    async stream(principal, request, response) {
      const [topic, streamId] = [pathParameter(request, 'topic'), pathParameter(request, 'streamId')];
      const stream = await inTurn(principal, () => service.stream(principal.scopes, topic, streamId));
      response.setHeader('Content-Type', 'application/json');
      response.end(renderStream(stream));
    },
    async definitions(principal, request, response) {
      const { scopes, holder } = principal;
      const [topic, streamId] = [pathParameter(request, 'topic'), pathParameter(request, 'streamId')];
      const definitions = await inTurn(principal, () => service.definitions(scopes, topic, streamId));
      const text = Buffer.from(JSON.stringify(definitions));
      answers.reserve(response, holder, text.length);
      response.setHeader('Content-Type', 'application/json');
      answers.send(response, holder, [text]);
    },
    async topicEvents(principal, request, response) {
      await sendEvents(principal, { topic: checkTopicName(pathParameter(request, 'topic')) }, request, response);
    },
    async streamEvents(principal, request, response) {
      const topic = checkTopicName(pathParameter(request, 'topic'));
      const streamId = checkStreamId(pathParameter(request, 'streamId'));
      await sendEvents(principal, { topic, streamId }, request, response);
    },
  };
}

/** What is asked of the events of a topic; `tail`: only this many of the last ones. */
type EventQuery = ReadQuery & { readonly tail?: number };

function eventRange(request: Request): Omit<EventQuery, 'topic' | 'streamId'> {
  const query = new PageQuery(request.url);
  const range = { after: query.position('after'), from: query.timestamp('from'), to: query.timestamp('to') };
  const shape = query.shape();
  return { ...defined(range), ...shape, limit: shape.tail ?? query.limit() };
}

function* textsOf({ events }: EventPage, withStreamId: boolean): Iterable<string> {
  for (const event of events) yield renderEvent(event, withStreamId);
}

/** A page has a size that events may not fit into. */
function cutWarning({ events }: EventPage, asked: number): string {
  const [first] = events;
  const older = first === undefined ? 'order=desc' : `order=desc&after=${first.position}`;
  return `these are the last ${events.length} of ${asked}, as a page has an end; ${older} goes on to older ones`;
}

function namePage(request: Request): { after?: string; limit: number } {
  const query = new PageQuery(request.url);
  return { ...defined({ after: query.name('after') }), limit: query.limit() };
}
