import type { IncomingMessage } from 'node:http';
import { parseDuration } from '../duration';
import { WriterHubError } from '../errors';
import { NO_TIME, readIsoTime } from '../events/iso-time';
import type { FollowQuery } from '../feed/feed';
import type { FeedStart } from '../feed/feed-source';
import type { PackageFollowQuery } from '../feed/package-feed';
import type { EventFilter } from '../feed/event-filter';
import { count, PageQuery, readFlag, refused, single } from './page-query';
import { isPosition } from '../store/contract/position';
import { queryOf } from './request-target';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** How many ids, tags or parameters one reader may name. */
const MOST_NAMES = 100;

/** Stands for every id. */
const EVERY = '*';

/** Parameters that say where a reader begins, of which one is given. */
const STARTS = ['from', 'since', 'tail', 'after'] as const;

/** What a page has and what goes on has not, and why not. */
const OF_PAGES: readonly (readonly [name: string, reason: string])[] = [
  ['limit', 'limit is the size of a page, and this goes on; tail says how many stored ones come first'],
  ['to', 'to is an end, and this has none'],
];

/** What goes on, of a topic or a stream that is not named. */
type Followed = Omit<FollowQuery, 'topic' | 'streamId'>;

/**
 * Where a reader of live events begins and which it wants. A `Last-Event-ID`, which an `EventSource` sends when it
 * connects again, goes before everything else. Throws `invalid_query`, naming the parameter.
 *
 * HTML: 9.2.4 The `Last-Event-ID` header.
 */
export function followQuery(request: IncomingMessage): Followed {
  return { start: startOf(request, 'latest'), ...namesOf(queryOf(request.url)) };
}

/** The same of a reader of parameter data. Throws `invalid_query`, naming the parameter. */
export function packageQuery(request: IncomingMessage): Omit<PackageFollowQuery, 'topic' | 'streamId'> {
  const parameters = idsIn(queryOf(request.url), 'parameter');
  return { start: startOf(request, 'latest'), ...(parameters.length > 0 && { parameters: new Set(parameters) }) };
}

/**
 * What a page of stored events is asked for that goes on (`follow=true`): `undefined` when it does not. Here `from` is
 * the least timestamp, as of all pages, and events begin with the first one that is stored.
 */
export function followedPage(request: IncomingMessage): Followed | undefined {
  const query = queryOf(request.url);
  if (!readFlag(request.url, 'follow')) {
    for (const name of ['id', 'tag']) {
      if (query.has(name))
        throw new WriterHubError('invalid_query', `${name} needs follow=true: a page has all events`);
    }
    return undefined;
  }
  refusePageParameters(query);
  const page = new PageQuery(request.url);
  const [after, from, { tail }] = [page.position('after'), page.timestamp('from'), page.shape()];
  const start: FeedStart = tail !== undefined ? { last: tail } : after === undefined ? 'earliest' : { position: after };
  return { start, ...(from !== undefined && { from }), ...namesOf(query) };
}

/** Where a reader of rows that goes on begins; `otherwise`, if nothing says. Throws `invalid_query`. */
export function followedRows(request: IncomingMessage, otherwise: 'earliest' | 'latest'): FeedStart {
  refusePageParameters(queryOf(request.url));
  return startOf(request, otherwise);
}

/** The position that a reader has come to before, if it says so. */
export function lastEventId({ headers }: IncomingMessage): string | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** What a request gives the position as that it goes on from, if it gives one. */
export function positionName(request: IncomingMessage): string {
  if (lastEventId(request) !== undefined) return 'Last-Event-ID';
  return queryOf(request.url).has('from') ? 'from' : 'after';
}

function refusePageParameters(query: URLSearchParams): void {
  for (const [name, reason] of OF_PAGES) if (query.has(name)) throw new WriterHubError('invalid_query', reason);
  if (query.get('order') !== 'desc') return;
  throw new WriterHubError('invalid_query', 'order=desc goes back from the end, and this goes on behind it');
}

/** What the address says has to hold although a reader has come further. */
function startOf(request: IncomingMessage, otherwise: 'earliest' | 'latest'): FeedStart {
  const asked = startIn(queryOf(request.url), otherwise);
  const resumed = lastEventId(request);
  return resumed === undefined ? asked : { position: position('Last-Event-ID', resumed) };
}

function startIn(query: URLSearchParams, otherwise: 'earliest' | 'latest'): FeedStart {
  const [first, second] = STARTS.filter((name) => query.has(name));
  if (second !== undefined) {
    throw new WriterHubError('invalid_query', `${first} and ${second} both say where to begin: give one of them`);
  }
  const text = first === undefined ? undefined : single(query, first);
  if (first === undefined || text === undefined) return otherwise;
  switch (first) {
    case 'since':
      return { storedSince: timeOf(text) };
    case 'tail':
      return { last: count('tail', text) };
    case 'after':
    case 'from':
      return text === 'latest' || text === 'earliest' ? text : { position: position(first, text) };
  }
}

function position(name: string, text: string): string {
  if (isPosition(text)) return text;
  const start = name === 'from' ? 'earliest, latest, or ' : '';
  throw refused(name, text, `${start}a position as an answer gave it`);
}

/** Milliseconds since 1970 of a time, or of a duration before now. */
function timeOf(text: string): number {
  if (/^\d+[smhd]$/.test(text)) return Date.now() - 1000 * secondsOf(text);
  const time = readIsoTime(text);
  if (typeof time === 'bigint') return Number(time / NANOSECONDS_PER_MILLISECOND);
  if (time === NO_TIME) throw refused('since', text, 'a duration such as 10m, or ISO 8601 with a zone');
  throw new WriterHubError('invalid_query', `since=${text.slice(0, 40)} ${time}`);
}

function secondsOf(text: string): number {
  try {
    return parseDuration(text) ?? 0;
  } catch {
    throw refused('since', text, 'a duration from 1s to 36500d');
  }
}

/** The ids and tags of the events that a reader wants. */
function namesOf(query: URLSearchParams): Pick<EventFilter, 'ids' | 'tags'> {
  const ids = idsIn(query, 'id');
  const tags = namesIn(query, 'tag').map(tagOf);
  return { ...(ids.length > 0 && { ids: new Set(ids) }), ...(tags.length > 0 && { tags: new Map(tags) }) };
}

/** Ids that are wanted; none: all, which is what `*` says too, as at the hub. */
function idsIn(query: URLSearchParams, name: string): string[] {
  const ids = namesIn(query, name);
  return ids.includes(EVERY) ? [] : ids;
}

function tagOf(text: string): [key: string, value: string] {
  const at = text.indexOf('=');
  if (at >= 0) return [text.slice(0, at), text.slice(at + 1)];
  throw refused('tag', text, 'a key and a value with = between them');
}

function namesIn(query: URLSearchParams, name: string): string[] {
  const names = query.getAll(name);
  if (names.length <= MOST_NAMES) return names;
  throw new WriterHubError('invalid_query', `${name} is given ${names.length} times, ${MOST_NAMES} at the most`);
}
