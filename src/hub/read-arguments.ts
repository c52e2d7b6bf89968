import { z } from 'zod';
import { WriterHubError } from '../errors';
import type { Timestamps } from '../events/event-json';
import { checkStreamId, checkTopicName } from '../events/names';
import type { TopicIds } from '../events/topic-ids';
import type { FollowQuery } from '../feed/feed';
import type { PackageFollowQuery } from '../feed/package-feed';
import { parseStart } from '../feed/start-point';
import { faultsOf } from '../json/schema-faults';
import type { StartPoint } from '../store/contract/position';

/** How many reads one call may hold, and how many ids and tags one of them may name. */
const MOST_READS = 100;
const MOST_NAMES = 100;

/** Stands for every stream, for every id, and for every topic that a token may read. */
export const EVERY = '*';

const names = z.array(z.string()).min(1).max(MOST_NAMES).nullish();

/** Options of every read. */
const COMMON = {
  streamId: z.string().nullish(),
  from: z.unknown().optional(),
  timestamps: z.enum(['number', 'text']).nullish(),
} as const;

const eventOptions = z.strictObject({ ...COMMON, ids: names, tags: z.record(z.string(), z.string()).nullish() });

const parameterOptions = z.strictObject({ ...COMMON, parameters: names });

/** One thing that a call reads. */
export interface RecordRead<Query> {
  readonly query: Query;
  readonly timestamps: Timestamps;
}

/** What a call of `ReadEvents` or `ReadParameters` reads. */
export interface ReadArguments<Query> {
  readonly reads: readonly RecordRead<Query>[];
  /** Whether they were given as an array, so that each item says which of them it is of. */
  readonly isArray: boolean;
}

/** What all reads of a topic say. */
interface Where {
  readonly topic: string;
  readonly start: StartPoint;
  readonly streamId?: string;
}

/** What can be read: its options, and what they mean. */
export interface ReadForm<Options extends CommonOptions, Query> {
  readonly options: z.ZodType<Options>;
  /** The names of the options, for an error. */
  readonly names: string;
  /** Throws `invalid_query`; `name`: what the options are called. */
  query(where: Where, options: Options, name: string): Query;
}

type CommonOptions = z.infer<z.ZodObject<typeof COMMON>>;

export const EVENT_READS: ReadForm<z.infer<typeof eventOptions>, FollowQuery> = {
  options: eventOptions,
  names: '{streamId, ids, tags, from, timestamps}',
  query(where, { ids, tags }, name) {
    const pairs = Object.entries(tags ?? {});
    if (pairs.length > MOST_NAMES) throw invalid(`${name}: there are ${pairs.length} tags, ${MOST_NAMES} at the most`);
    return {
      ...where,
      ...(ids && !ids.includes(EVERY) && { ids: new Set(ids) }),
      ...(pairs.length > 0 && { tags: new Map(pairs) }),
    };
  },
};

export const PARAMETER_READS: ReadForm<z.infer<typeof parameterOptions>, PackageFollowQuery> = {
  options: parameterOptions,
  names: '{streamId, parameters, from, timestamps}',
  query: (where, { parameters }) => ({
    ...where,
    ...(parameters && !parameters.includes(EVERY) && { parameters: new Set(parameters) }),
  }),
};

/** Parses the arguments of calls that read. */
export class ReadParser<Options extends CommonOptions, Query> {
  readonly #form: ReadForm<Options, Query>;
  readonly #topicIds: TopicIds;

  constructor(form: ReadForm<Options, Query>, topicIds: TopicIds) {
    this.#form = form;
    this.#topicIds = topicIds;
  }

  /** Parses `(topic, options?)` or `([{topic, ...options}, ...])`. Throws `invalid_query` or `invalid_name`. */
  parse(first: unknown, second: unknown): ReadArguments<Query> {
    if (!Array.isArray(first)) return { reads: [this.#read(first, second ?? {}, 'the options')], isArray: false };
    if (second !== undefined && second !== null) {
      throw invalid('with an array of reads there are no other options: each read has its own');
    }
    if (first.length === 0) throw invalid('the array of reads is empty');
    if (first.length > MOST_READS) throw invalid(`there are ${first.length} reads, ${MOST_READS} at the most`);
    return { reads: first.map((read, index) => this.#item(read, `reads[${index}]`)), isArray: true };
  }

  #item(read: unknown, name: string): RecordRead<Query> {
    if (typeof read !== 'object' || read === null || Array.isArray(read)) {
      throw invalid(`${name} is not an object {topic, ...options}`);
    }
    const { topic, ...rest } = read as { readonly topic?: unknown };
    return this.#read(topic, rest, name);
  }

  #read(topic: unknown, given: unknown, name: string): RecordRead<Query> {
    const parsed = this.#form.options.safeParse(given);
    if (!parsed.success) {
      const problem = faultsOf(parsed.error);
      throw invalid(`${name} ${name.endsWith('s') ? 'are' : 'is'} not ${this.#form.names}: ${problem}`);
    }
    const { streamId, from, timestamps } = parsed.data;
    const where = {
      topic: checkTopicName(this.#topicIds.nameOf(topic)),
      start: parseStart(from, name.startsWith('reads') ? `${name}.from` : 'from'),
      ...(isNamed(streamId) && { streamId: checkStreamId(streamId) }),
    };
    return { query: this.#form.query(where, parsed.data, name), timestamps: timestamps ?? 'number' };
  }
}

function isNamed(streamId: string | null | undefined): streamId is string {
  return streamId !== undefined && streamId !== null && streamId !== EVERY;
}

function invalid(reason: string): WriterHubError {
  return new WriterHubError('invalid_query', reason);
}
