import type { IncomingMessage } from 'node:http';
import { parseDuration } from '../duration';
import { WriterHubError } from '../errors';
import { readIsoTime } from '../events/iso-time';
import type { FollowQuery } from '../feed/feed';
import type { StartPoint } from '../store/contract/event-log';
import { isPosition } from '../store/contract/position';
import { refused, single } from './page-query';
import { queryOf } from './request-target';

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** How many ids and tags one reader may name. */
const MOST_NAMES = 100;

/**
 * Where a reader of live events begins and which it wants. A `Last-Event-ID`, which an `EventSource` sends when it
 * connects again, goes before everything else. Throws `invalid_query`, naming the parameter.
 *
 * HTML: 9.2.4 The `Last-Event-ID` header.
 */
export function followQuery(request: IncomingMessage): Omit<FollowQuery, 'topic' | 'streamId'> {
  const query = queryOf(request.url);
  const ids = namesOf(query, 'id');
  const tags = namesOf(query, 'tag').map(tagOf);
  return {
    start: startOf(request, query),
    ...(ids.length > 0 && { ids: new Set(ids) }),
    ...(tags.length > 0 && { tags: new Map(tags) }),
  };
}

/** The position that a reader has come to before, if it says so. */
export function lastEventId({ headers }: IncomingMessage): string | undefined {
  const id = headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function startOf(request: IncomingMessage, query: URLSearchParams): StartPoint {
  const resumed = lastEventId(request);
  if (resumed !== undefined) return { position: position('Last-Event-ID', resumed) };
  const from = single(query, 'from');
  const since = single(query, 'since');
  if (from !== undefined && since !== undefined) {
    throw new WriterHubError('invalid_query', 'from and since both say where to begin: give one of them');
  }
  if (since !== undefined) return { storedSince: timeOf(since) };
  if (from === undefined || from === 'latest' || from === 'earliest') return from ?? 'latest';
  return { position: position('from', from) };
}

function position(name: string, text: string): string {
  if (isPosition(text)) return text;
  throw refused(name, text, 'earliest, latest, or a position as an answer gave it');
}

/** Milliseconds since 1970 of a time, or of a duration before now. */
function timeOf(text: string): number {
  if (/^\d+[smhd]$/.test(text)) return Date.now() - 1000 * (parseDuration(text) ?? 0);
  const time = readIsoTime(text);
  if (typeof time === 'bigint') return Number(time / NANOSECONDS_PER_MILLISECOND);
  throw refused('since', text, 'a duration such as 10m, or ISO 8601 with a zone');
}

function tagOf(text: string): [key: string, value: string] {
  const at = text.indexOf('=');
  if (at >= 0) return [text.slice(0, at), text.slice(at + 1)];
  throw refused('tag', text, 'a key and a value with = between them');
}

function namesOf(query: URLSearchParams, name: string): string[] {
  const names = query.getAll(name);
  if (names.length <= MOST_NAMES) return names;
  throw new WriterHubError('invalid_query', `${name} is given ${names.length} times, ${MOST_NAMES} at the most`);
}
