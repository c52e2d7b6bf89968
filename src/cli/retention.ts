import { z } from 'zod';
import { parseDuration } from '../duration';
import { WriterHubError } from '../errors';
import { confirm, type Terminal } from './confirm';
import { request } from './request';
import { responseError } from './response-error';
import type { Target } from './target';
import { UsageError } from './usage-error';

export interface RetentionOptions {
  readonly topic: string;
  /** `7d`, `never`, or `default`. */
  readonly age: string | undefined;
  /** A number, or `default`. */
  readonly bytes: string | undefined;
  /** Whether nothing is asked. */
  readonly yes: boolean;
}

const refusal = z.object({ code: z.string(), detail: z.string() });

/** Says how long a topic keeps what it holds; asks when that would leave nothing of it. */
export async function setRetention(target: Target, options: RetentionOptions, terminal: Terminal): Promise<void> {
  const { topic, age, bytes, yes } = options;
  if (age === undefined && bytes === undefined) throw new UsageError('say --age, --bytes or both');
  const retention = {
    ...(age !== undefined && { age: age === 'default' ? null : durationOf(age) }),
    ...(bytes !== undefined && { bytes: bytes === 'default' ? null : numberOf(bytes) }),
  };
  const put = (confirmed: boolean): Promise<Response> =>
    request(target, `/topics/${encodeURIComponent(topic)}?confirm=${confirmed}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ retention }),
    });
  const asked = await put(yes);
  if (asked.ok) return;
  const text = await asked.text();
  const question = questionIn(text);
  if (question === undefined) throw responseError(asked.status, text);
  await confirm(question, terminal);
  const confirmed = await put(true);
  if (!confirmed.ok) throw responseError(confirmed.status, await confirmed.text());
}

/** What is to be confirmed, if that is what the server answers. */
function questionIn(text: string): string | undefined {
  try {
    const { code, detail } = refusal.parse(JSON.parse(text));
    return code === 'confirmation_required' ? `The server says: ${detail}. Go on?` : undefined;
  } catch {
    return undefined;
  }
}

function durationOf(text: string): string {
  try {
    parseDuration(text);
    return text;
  } catch (error) {
    if (!(error instanceof WriterHubError)) throw error;
    throw new UsageError(`--age: ${error.message}, or default`, { cause: error });
  }
}

function numberOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`--bytes ${text} is neither a whole number nor default`);
}
