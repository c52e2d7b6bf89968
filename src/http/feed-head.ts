import { randomInt } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { FeedForm } from './feed-forms';
import { noteEndless } from './measured-response';

/**
 * Load balancers close connections that are silent for a minute; the HTML standard advises something every 15 seconds.
 * What was silent for two beats is sent something, whenever between them the last byte was.
 */
export const BEAT_MS = 7_000;
export const SILENT_BEATS = 2;

/** After how many milliseconds a reader comes back: not all at once. */
const LEAST_RETRY = 1_000;
const MOST_RETRY = 5_000;

/** Sends the head of an answer that goes on for as long as the reader listens. */
export function sendFeedHead(response: ServerResponse, { contentType }: FeedForm): void {
  response.setHeader('Content-Type', contentType);
  // Neither a cache nor a proxy may keep anything back.
  response.setHeader('Cache-Control', 'no-cache, no-transform');
  response.setHeader('X-Accel-Buffering', 'no');
  response.setHeader('Vary', 'Accept');
  response.writeHead(200);
  response.flushHeaders();
  noteEndless(response);
}

export function retryTime(): number {
  return randomInt(LEAST_RETRY, MOST_RETRY);
}
