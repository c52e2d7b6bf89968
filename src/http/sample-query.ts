import { WriterHubError } from '../errors';
import { AGGREGATES, type Aggregate, type BucketForm } from '../parameters/sample-json';
import type { AggregateQuery, SampleQuery } from '../store/contract/parameter-store';
import { MAX_PAGE, PageQuery, refused, single } from './page-query';
import { queryOf } from './request-target';

/** How many parameters one request may name, and how many it may have summed up. */
const MOST_NAMES = 1000;
const MOST_SUMMED = 100;

/** The most buckets of one parameter, and of all that a request names. */
const MOST_BUCKETS = MAX_PAGE;
const MOST_BUCKETS_IN_ALL = 100_000;

const INTERVAL = /^([1-9]\d{0,17})(ns|us|ms|s|m|h|d)$/;

const NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

/** A hundred years; a longer bucket is as good as all of time. */
const LONGEST = 36_500n * NANOSECONDS['d']!;

/** Parameters that only one of the two kinds of answers has, and why. */
const OF_SAMPLES = ['after', 'limit', 'epoch'] as const;
const OF_BUCKETS = ['aggregate', 'origin', 'fill'] as const;

type Asked<Query> = Omit<Query, 'topic' | 'streamId'>;

/** A page of samples, whose timestamps are given from `epoch` on, or samples summed up in buckets. */
export type AskedSamples =
  | { readonly kind: 'samples'; readonly query: Asked<SampleQuery>; readonly epoch: bigint }
  | { readonly kind: 'buckets'; readonly query: Asked<AggregateQuery>; readonly form: BucketForm };

/** What a request asks for. Throws `invalid_query`, naming the parameter. */
export function sampleQuery(url: string | undefined): AskedSamples {
  const query = queryOf(url);
  const page = new PageQuery(url);
  const range = { parameters: namesOf(query), from: page.timestamp('from'), to: page.timestamp('to') };
  const interval = single(query, 'interval');
  if (interval === undefined) {
    refuseOthers(query, OF_BUCKETS, 'needs an interval: it is about samples that are summed up');
    const [after, limit] = [page.position('after'), page.limit()];
    return { kind: 'samples', query: { ...range, after, limit }, epoch: page.timestamp('epoch') ?? 0n };
  }
  refuseOthers(query, OF_SAMPLES, 'is about samples one by one, and these are summed up by interval');
  const { parameters } = range;
  if (parameters === undefined) throw invalid('interval needs parameters: which of them are to be summed up');
  if (parameters.length > MOST_SUMMED) {
    throw invalid(`${parameters.length} parameters are to be summed up, ${MOST_SUMMED} at the most`);
  }
  const length = lengthOf(interval);
  const maxBuckets = Math.min(MOST_BUCKETS, Math.floor(MOST_BUCKETS_IN_ALL / parameters.length));
  const asked = { ...range, interval: length, origin: page.timestamp('origin') ?? 0n, maxBuckets };
  return {
    kind: 'buckets',
    query: asked,
    form: { interval: length, aggregates: aggregatesOf(query), filled: isFilled(query) },
  };
}

/** `parameters` is a list with commas, `parameter` one id, whatever it holds; either may be given several times. */
function namesOf(query: URLSearchParams): string[] | undefined {
  const lists = query.getAll('parameters').flatMap((list) => list.split(','));
  const names = [...new Set([...lists, ...query.getAll('parameter')])];
  if (names.includes('')) throw invalid('the name of a parameter is empty');
  if (names.length > MOST_NAMES) throw invalid(`${names.length} parameters are named, ${MOST_NAMES} at the most`);
  return names.length === 0 || names.includes('*') ? undefined : names;
}

function lengthOf(text: string): bigint {
  const [, digits, unit] = INTERVAL.exec(text) ?? [];
  const length = digits === undefined || unit === undefined ? 0n : BigInt(digits) * NANOSECONDS[unit]!;
  if (length >= 1n && length <= LONGEST) return length;
  throw refused('interval', text, 'a whole number and ns, us, ms, s, m, h or d, as in 10s, up to 36500d');
}

function aggregatesOf(query: URLSearchParams): readonly Aggregate[] {
  const text = single(query, 'aggregate');
  if (text === undefined) return AGGREGATES;
  const names = text.split(',');
  const unknown = names.find((name) => !(AGGREGATES as readonly string[]).includes(name));
  if (unknown !== undefined) throw refused('aggregate', unknown, `one of ${AGGREGATES.join(', ')}`);
  return AGGREGATES.filter((aggregate) => names.includes(aggregate));
}

function isFilled(query: URLSearchParams): boolean {
  const text = single(query, 'fill');
  if (text === undefined || text === 'none') return false;
  if (text === 'null') return true;
  throw refused('fill', text, 'none, or null for buckets without samples');
}

function refuseOthers(query: URLSearchParams, names: readonly string[], reason: string): void {
  const given = names.find((name) => query.has(name));
  if (given !== undefined) throw invalid(`${given} ${reason}`);
}

function invalid(reason: string): WriterHubError {
  return new WriterHubError('invalid_query', reason);
}
