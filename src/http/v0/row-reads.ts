import type { Request, Response } from 'express';
import type { Principal } from '../../auth/principal';
import { WriterHubError } from '../../errors';
import type { FeedRow } from '../../feed/feed-row';
import type { StoredRowPage } from '../../feed/row-feed';
import type { RowsPart } from '../../store/contract/row-store';
import { pathParameter } from '../express-router';
import { EVENT_STREAM, type FeedForm, LINES } from '../feed-forms';
import { followedRows } from '../follow-query';
import { followForm, liveAnswers, refuse } from '../live-answers';
import { PageQuery, readFlag } from '../page-query';
import { asWriterHubError } from '../problem';
import type { RecordPage } from '../record-page';
import { queryOf } from '../request-target';
import type { AuthenticatedHandler } from '../route';
import type { RouteContext } from '../route-context';
import { sendRecordPage } from '../send-record-page';

/** Handlers that give the rows of a data source, or those of its quarantine: stored ones by pages, or as they come. */
export interface RowReads {
  readonly rows: AuthenticatedHandler;
  readonly quarantine: AuthenticatedHandler;
}

type RowReadContext = Pick<
  RouteContext,
  'dataSources' | 'rowFeed' | 'followers' | 'answers' | 'revocations' | 'readPlaces'
>;

export function rowReads(context: RowReadContext): RowReads {
  const { dataSources, rowFeed } = context;
  const answerLive = liveAnswers(context);

  const answer = async (part: RowsPart, principal: Principal, request: Request, response: Response): Promise<void> => {
    let name: string;
    try {
      name = await dataSources.readable(principal.scopes, pathParameter(request, 'name'));
    } catch (error) {
      refuse(request, response, asWriterHubError(error), formOf(request) ?? LINES);
      return;
    }
    const caller = { principal, request, response };
    const form = formOf(request);
    if (form === undefined) {
      const query = pageOf(request);
      await sendRecordPage(caller, context, query.limit, async () => {
        const page = await rowFeed.page({ name, part }, query);
        return toRecordPage(query.isTail ? tailOf(page) : page);
      });
      return;
    }
    const start = followedRows(request, form === EVENT_STREAM ? 'latest' : 'earliest');
    await answerLive(caller, form, (following) => rowFeed.follow({ name, part, start }, following));
  };

  return {
    rows: (principal, request, response) => answer('rows', principal, request, response),
    quarantine: (principal, request, response) => answer('quarantine', principal, request, response),
  };
}

/** How rows are written as they come; `undefined`: a page is asked for. */
function formOf(request: Request): FeedForm | undefined {
  if (readFlag(request.url, 'follow')) return followForm(request);
  const types = ['application/json', 'application/x-ndjson', 'text/event-stream'];
  return request.accepts(types) === 'text/event-stream' ? EVENT_STREAM : undefined;
}

function pageOf(request: Request) {
  const parameters = queryOf(request.url);
  for (const name of ['from', 'since']) {
    if (!parameters.has(name)) continue;
    throw new WriterHubError('invalid_query', `${name} needs follow=true or an event stream: a page begins with after`);
  }
  const query = new PageQuery(request.url);
  const { tail, descending = tail !== undefined } = query.shape();
  const after = query.position('after');
  return { after, limit: tail ?? query.limit(), descending, isTail: tail !== undefined };
}

/** Those of a page that begins at the end, oldest first; what is stored later follows. */
function tailOf({ records, position, end = position }: StoredRowPage): StoredRowPage {
  return { records: records.toReversed(), position: end, more: false, end };
}

function toRecordPage({ records, position, more }: StoredRowPage): RecordPage {
  return { name: 'rows', texts: textsOf(records), position, more };
}

function* textsOf(records: readonly FeedRow[]): Iterable<string> {
  for (const { json } of records) yield json;
}
