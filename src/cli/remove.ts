import { confirmByName, type Terminal } from './confirm';
import { request } from './request';
import { responseError } from './response-error';
import type { Target } from './target';

export interface RemoveOptions {
  readonly topic: string;
  /** Absent: the whole topic. */
  readonly streamId: string | undefined;
  /** Whether nothing is asked. */
  readonly yes: boolean;
}

/** Removes a topic, a data source or a stream, with all it holds. */
export async function remove(target: Target, options: RemoveOptions, terminal: Terminal): Promise<void> {
  const { topic, streamId, yes } = options;
  const what = streamId === undefined ? `"${topic}"` : `the stream "${streamId}" of "${topic}"`;
  if (!yes) await confirmByName(`Remove ${what} with all it holds?`, streamId ?? topic, terminal);
  const stream = streamId === undefined ? '' : `/streams/${encodeURIComponent(streamId)}`;
  const response = await request(target, `/topics/${encodeURIComponent(topic)}${stream}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${target.token}` },
  });
  if (!response.ok) throw responseError(response.status, await response.text());
}
