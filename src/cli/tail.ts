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
  /** Whether to go on asking for new events once all stored ones are printed. */
  readonly follow: boolean;
  /** Pause between two questions while nothing is new, in milliseconds. */
  readonly interval: number;
  readonly signal: AbortSignal;
}

/** A page of lines. */
interface Page {
  readonly text: string;
  /** The position to read on from. */
  readonly after: string | undefined;
  /** Whether to ask on at once. */
  readonly more: boolean;
}

/**
 * Prints stored events, one JSON text per line with every digit kept, and follows by asking again from the end of the
 * last page.
 */
export async function tail(target: Target, options: TailOptions, print: Print): Promise<void> {
  let { after } = options;
  let reached = false;
  while (!options.signal.aborted) {
    const page = await fetchPage(target, options, after).catch((error: unknown) => {
      // A server that was there before may be restarting; one that never answered is not there.
      if (options.signal.aborted || (reached && options.follow && !(error instanceof UsageError))) return undefined;
      throw error;
    });
    if (page !== undefined) {
      reached = true;
      await print(page.text);
      ({ after } = page);
      if (page.more) continue;
    }
    if (!options.follow) return;
    await pause(options);
  }
}

async function fetchPage(
  target: Target,
  { topic, streamId, signal }: TailOptions,
  after: string | undefined,
): Promise<Page> {
  const stream = streamId === undefined ? '' : `/streams/${encodeURIComponent(streamId)}`;
  const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
  const path = `/topics/${encodeURIComponent(topic)}${stream}/events/data${query}`;
  const headers = { authorization: `Bearer ${target.token}`, accept: 'application/x-ndjson' };
  const response = await request(target, path, { headers, signal });
  const text = await response.text();
  if (!response.ok) throw responseError(response.status, text);
  const { headers: answered } = response;
  return {
    text,
    after: answered.get('writer-hub-position') ?? after,
    more: answered.has('writer-hub-next'),
  };
}

async function pause({ interval, signal }: TailOptions): Promise<void> {
  try {
    await delay(interval, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
