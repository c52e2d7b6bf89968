import type { Request, Response } from 'express';
import type { Principal } from '../auth/principal';
import type { EventPage, ReadQuery } from '../store/contract/event-log';
import { renderEventPage } from './event-page';
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
  readonly streams: AuthenticatedHandler;
  readonly stream: AuthenticatedHandler;
  readonly topicEvents: AuthenticatedHandler;
  readonly streamEvents: AuthenticatedHandler;
}

/** Bytes that are counted for an event before a page is read, and for a page at the most. */
const EVENT_BYTES = 512;
const PAGE_BYTES = 2 * 1024 * 1024;

export function reads({
  service,
  answers,
  readPlaces,
}: Pick<RouteContext, 'service' | 'answers' | 'readPlaces'>): Reads {
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
    query: EventQuery,
    request: Request,
    response: Response,
  ): Promise<void> => {
    const { holder } = principal;
    const bytes = Math.min(query.limit * EVENT_BYTES, PAGE_BYTES);
    const reservation = answers.reserve(response, holder, bytes);
    const lines = request.accepts(['application/json', 'application/x-ndjson']) === 'application/x-ndjson';
    // What many are written at once takes as long as all of them together, so that is done in turn as well.
    const [page, chunks] = await inTurn(principal, async () => {
      const read = await readPage(principal, query, response);
      return [read, await renderEventPage(read, { lines, withStreamId: query.streamId === undefined })] as const;
    });
    reservation.adjust(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    // Sent with every page, also at the end: where to go on once there is more.
    response.setHeader('Writer-Hub-Position', page.position);
    if (lines && page.more) response.setHeader('Writer-Hub-Next', page.position);
    response.setHeader('Content-Type', lines ? 'application/x-ndjson' : 'application/json');
    answers.send(response, holder, chunks);
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
    async topicEvents(principal, request, response) {
      await sendEvents(
        principal,
        { ...eventRange(request), topic: pathParameter(request, 'topic') },
        request,
        response,
      );
    },
    async streamEvents(principal, request, response) {
      const stream = { topic: pathParameter(request, 'topic'), streamId: pathParameter(request, 'streamId') };
      await sendEvents(principal, { ...eventRange(request), ...stream }, request, response);
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
