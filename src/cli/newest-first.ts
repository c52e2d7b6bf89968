import type { Print } from './print';
import { request } from './request';
import { responseError } from './response-error';
import type { Target } from './target';

/** Which events are printed, the newest first. */
export interface NewestFirst {
  readonly topic: string;
  readonly streamId: string | undefined;
  /** Only events before this position; absent: from the last one on. */
  readonly before: string | undefined;
  /** The most events; absent: all. */
  readonly count: number | undefined;
  readonly signal: AbortSignal;
}

/** The most events that a server gives at a time. */
const LARGEST_PAGE = 10_000;

/** Prints stored events, one JSON text per line with every digit kept, the newest first, and ends. */
export async function newestFirst(target: Target, events: NewestFirst, print: Print): Promise<void> {
  let { before: after, count: left = Infinity } = events;
  while (left > 0 && !events.signal.aborted) {
    const page = await fetchPage(target, events, after, left);
    await print(page.text);
    left -= page.text.split('\n').length - 1;
    if (page.next === null) return;
    after = page.next;
  }
}

async function fetchPage(
  target: Target,
  { topic, streamId, signal }: NewestFirst,
  after: string | undefined,
  left: number,
): Promise<{ readonly text: string; readonly next: string | null }> {
  const stream = streamId === undefined ? '' : `/streams/${encodeURIComponent(streamId)}`;
  const query = new URLSearchParams({ order: 'desc', limit: String(Math.min(left, LARGEST_PAGE)) });
  if (after !== undefined) query.set('after', after);
  const path = `/topics/${encodeURIComponent(topic)}${stream}/events/data?${query.toString()}`;
  const headers = { authorization: `Bearer ${target.token}`, accept: 'application/x-ndjson' };
  const response = await request(target, path, { headers, signal });
  const text = await response.text();
  if (!response.ok) throw responseError(response.status, text);
  return { text, next: response.headers.get('writer-hub-next') };
}
