import type { Request, Response } from 'express';
import type { Principal } from '../auth/principal';
import { renderEvent } from '../events/event-json';
import type { EventService } from '../events/event-service';
import type { ReadQuery } from '../store/contract/event-log';
import { PageQuery, defined } from './page-query';
import { pathParameter } from './express-router';
import type { AuthenticatedHandler } from './route';
import { renderStream, renderTopic } from './stream-json';

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

export function reads(service: EventService): Reads {
  const sendEvents = async (
    principal: Principal,
    query: ReadQuery,
    request: Request,
    response: Response,
  ): Promise<void> => {
    const { events, position, more } = await service.read(principal.scopes, query);
    // Sent with every page, also at the end: where to go on once there is more.
    response.setHeader('Writer-Hub-Position', position);
    const lines = events.map((event) => renderEvent(event, query.streamId === undefined));
    if (request.accepts(['application/json', 'application/x-ndjson']) !== 'application/x-ndjson') {
      sendJson(response, `{"events":[${lines.join(',')}],"next":${more ? JSON.stringify(position) : 'null'}}`);
      return;
    }
    if (more) response.setHeader('Writer-Hub-Next', position);
    response.setHeader('Content-Type', 'application/x-ndjson');
    response.end(lines.map((line) => `${line}\n`).join(''));
  };

  return {
    async topics({ scopes }, request, response) {
      const page = namePage(request);
      const topics = await service.topics(scopes, page);
      sendNames(response, 'topics', topics.map(renderTopic), topics.at(page.limit - 1)?.name);
    },
    async streams({ scopes }, request, response) {
      const page = namePage(request);
      const streams = await service.streams(scopes, pathParameter(request, 'topic'), page);
      sendNames(response, 'streams', streams.map(renderStream), streams.at(page.limit - 1)?.streamId);
    },
    async stream({ scopes }, request, response) {
      sendJson(
        response,
        renderStream(await service.stream(scopes, pathParameter(request, 'topic'), pathParameter(request, 'streamId'))),
      );
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

function eventRange(request: Request): Omit<ReadQuery, 'topic' | 'streamId'> {
  const query = new PageQuery(request.url);
  const range = { after: query.position('after'), from: query.timestamp('from'), to: query.timestamp('to') };
  return { ...defined(range), limit: query.limit() };
}

function namePage(request: Request): { after?: string; limit: number } {
  const query = new PageQuery(request.url);
  return { ...defined({ after: query.name('after') }), limit: query.limit() };
}

/** `last` is the last name of a full page: there may be more after it. */
function sendNames(response: Response, key: string, items: string[], last: string | undefined): void {
  sendJson(response, `{"${key}":[${items.join(',')}],"next":${last === undefined ? 'null' : JSON.stringify(last)}}`);
}

function sendJson(response: Response, text: string): void {
  response.setHeader('Content-Type', 'application/json');
  response.end(text);
}
