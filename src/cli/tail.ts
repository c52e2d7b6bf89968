import { setTimeout as delay } from 'node:timers/promises';
import type { Print } from './print';
import { request } from './request';
import { responseError } from './response-error';
import type { Target } from './target';
import { UsageError } from './usage-error';

export interface TailOptions {
  readonly topic: string;
  readonly streamId: string | undefined;
  /** Only events behind this position; absent: from the first one on. */
  readonly after: string | undefined;
  /** Begin with the last events, this many; absent: with the first one, or after the position. */
  readonly last?: number | undefined;
  /** Newest first; then nothing is followed. */
  readonly newestFirst?: boolean | undefined;
  /** Whether to go on asking for new events once all stored ones are printed. */
  readonly follow: boolean;
  /** Pause between two questions while nothing is new, in milliseconds. */
  readonly interval: number;
  readonly signal: AbortSignal;
  /** Is told what the server notes besides the events. */
  readonly note?: (text: string) => void;
}

/** The most events that a server gives at a time. */
const LARGEST_PAGE = 10_000;

/** Where a page begins, and how many events are wanted; `undefined`: all, oldest first. */
interface PageStart {
  readonly after: string | undefined;
  readonly left: number | undefined;
}

/** A page of lines. */
interface Page {
  readonly text: string;
  /** The position to read on from. */
  readonly after: string | undefined;
  /** Whether to ask on at once. */
  readonly more: boolean;
  readonly note: string | null;
}

/**
 * Prints stored events, one JSON text per line with every digit kept, and follows by asking again from the end of the
 * last page.
 */
export async function tail(target: Target, options: TailOptions, print: Print): Promise<void> {
  let { after } = options;
  const follow = options.follow && options.newestFirst !== true;
  let reached = false;
  let left = options.newestFirst === true ? (options.last ?? Infinity) : undefined;
  while (!options.signal.aborted) {
    const page = await fetchPage(target, options, { after, left }).catch((error: unknown) => {
      // A server that was there before may be restarting; one that never answered is not there.
      if (options.signal.aborted || (reached && follow && !(error instanceof UsageError))) return undefined;
      throw error;
    });
    if (page !== undefined) {
      reached = true;
      await print(page.text);
      if (page.note !== null) options.note?.(page.note);
      ({ after } = page);
      if (left !== undefined) left -= page.text.split('\n').length - 1;
      if (page.more && left !== 0) continue;
    }
    if (!follow) return;
    await pause(options);
  }
}

async function fetchPage(target: Target, options: TailOptions, from: PageStart): Promise<Page> {
  const { topic, streamId, signal } = options;
  const stream = streamId === undefined ? '' : `/streams/${encodeURIComponent(streamId)}`;
  const path = `/topics/${encodeURIComponent(topic)}${stream}/events/data${queryOf(options, from)}`;
  const headers = { authorization: `Bearer ${target.token}`, accept: 'application/x-ndjson' };
  const response = await request(target, path, { headers, signal });
  const text = await response.text();
  if (!response.ok) throw responseError(response.status, text);
  const { headers: answered } = response;
  return {
    text,
    after: answered.get('writer-hub-position') ?? from.after,
    more: answered.has('writer-hub-next'),
    note: answered.get('writer-hub-warning'),
  };
}

function queryOf({ last }: TailOptions, { after, left }: PageStart): string {
  const query = new URLSearchParams();
  if (after !== undefined) query.set('after', after);
  if (left !== undefined) query.set('order', 'desc');
  if (left !== undefined && left < LARGEST_PAGE) query.set('limit', String(left));
  // Once it is known where the end is, whatever comes later follows it.
  if (left === undefined && after === undefined && last !== undefined) query.set('tail', String(last));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

async function pause({ interval, signal }: TailOptions): Promise<void> {
  try {
    await delay(interval, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
