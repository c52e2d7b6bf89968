import type { TopicRates } from './topic-rates';
import { recordCount, type TopicState } from './topic-state';

type Value = (topic: TopicState, rates: TopicRates) => number | string;

/** What the columns are in order by, the largest first. */
const VALUES = {
  rate: ({ name }, rates) => rates.of(name),
  records: recordCount,
  streams: ({ streams = 0 }) => streams,
  bytes: ({ bytes }) => bytes,
  activity: ({ storedAt }) => storedAt ?? '',
} satisfies Readonly<Record<string, Value>>;

/** What topics can be put in order by. */
export const TOPIC_ORDERS = ['name', ...Object.keys(VALUES)];

/** Puts topics in order: by a column, the largest first, or by name. What is equal is in order of name. */
export function orderTopics(topics: readonly TopicState[], column: string, rates: TopicRates): readonly TopicState[] {
  const byName = topics.toSorted((a, b) => compare(a.name, b.name));
  const value = new Map<string, Value>(Object.entries(VALUES)).get(column);
  if (value === undefined) return byName;
  return byName
    .map((topic) => ({ topic, value: value(topic, rates) }))
    .toSorted((a, b) => compare(b.value, a.value))
    .map(({ topic }) => topic);
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
