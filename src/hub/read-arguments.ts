import { z } from 'zod';
import { WriterHubError } from '../errors';
import type { Timestamps } from '../events/event-json';
import { checkStreamId, checkTopicName } from '../events/names';
import type { TopicIds } from '../events/topic-ids';
import type { FollowQuery } from '../feed/feed';
import { parseStart } from '../feed/start-point';

/** How many reads one call may hold, and how many ids and tags one of them may name. */
const MOST_READS = 100;
const MOST_NAMES = 100;

/** Stands for every stream, for every id, and for every topic that a token may read. */
export const EVERY = '*';

const options = z.strictObject({
  streamId: z.string().nullish(),
  ids: z.array(z.string()).min(1).max(MOST_NAMES).nullish(),
  tags: z.record(z.string(), z.string()).nullish(),
  from: z.unknown().optional(),
  timestamps: z.enum(['number', 'text']).nullish(),
});

/** One thing that a call reads. */
export interface EventRead {
  readonly query: FollowQuery;
  readonly timestamps: Timestamps;
}

/** What a call of `ReadEvents` reads. */
export interface ReadArguments {
  readonly reads: readonly EventRead[];
  /** Whether they were given as an array, so that each item says which of them it is of. */
  readonly isArray: boolean;
}

/** Parses `(topic, options?)` or `([{topic, ...options}, ...])`. Throws `invalid_query` or `invalid_name`. */
export function parseReads(first: unknown, second: unknown, topicIds: TopicIds): ReadArguments {
  if (!Array.isArray(first)) {
    return { reads: [parseRead(topicIds.nameOf(first), second ?? {}, 'the options')], isArray: false };
  }
  if (second !== undefined && second !== null) {
    throw invalid('with an array of reads there are no other options: each read has its own');
  }
  if (first.length === 0) throw invalid('the array of reads is empty');
  if (first.length > MOST_READS) throw invalid(`there are ${first.length} reads, ${MOST_READS} at the most`);
  return { reads: first.map((read, index) => parseItem(read, `reads[${index}]`, topicIds)), isArray: true };
}

function parseItem(read: unknown, name: string, topicIds: TopicIds): EventRead {
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw invalid(`${name} is not an object {topic, ...options}`);
  }
  const { topic, ...rest } = read as { readonly topic?: unknown };
  return parseRead(topicIds.nameOf(topic), rest, name);
}

function parseRead(topic: unknown, given: unknown, name: string): EventRead {
  const parsed = options.safeParse(given);
  if (!parsed.success) {
    const problem = z.prettifyError(parsed.error);
    throw invalid(
      `${name} ${name.endsWith('s') ? 'are' : 'is'} not {streamId, ids, tags, from, timestamps}: ${problem}`,
    );
  }
  const { streamId, ids, tags, from, timestamps } = parsed.data;
  const pairs = Object.entries(tags ?? {});
  if (pairs.length > MOST_NAMES) throw invalid(`${name}: there are ${pairs.length} tags, ${MOST_NAMES} at the most`);
  const query = {
    topic: checkTopicName(topic),
    start: parseStart(from, name.startsWith('reads') ? `${name}.from` : 'from'),
    ...(isNamed(streamId) && { streamId: checkStreamId(streamId) }),
    ...(ids && !ids.includes(EVERY) && { ids: new Set(ids) }),
    ...(pairs.length > 0 && { tags: new Map(pairs) }),
  };
  return { query, timestamps: timestamps ?? 'number' };
}

function isNamed(streamId: string | null | undefined): streamId is string {
  return streamId !== undefined && streamId !== null && streamId !== EVERY;
}

function invalid(reason: string): WriterHubError {
  return new WriterHubError('invalid_query', reason);
}
