import { useEffect, useMemo, useState } from 'preact/hooks';
import { useConsole } from '../../app/console-context';
import type { PageProps } from '../../app/page-route';
import { href, setQuery } from '../../app/router';
import { formatCount } from '../../exact/numbers';
import { useObservable } from '../../state/observable';
import { EmptyState } from '../../ui/empty-state';
import { LongTable } from '../../ui/long-table';
import { SearchField } from '../../ui/search-field';
import { topicColumns } from './topic-columns';
import { TopicMetricsWatch } from './topic-metrics';
import { orderTopics, TOPIC_ORDERS } from './topic-order';
import { useTopics } from './use-topics';

/** Every topic and data source: how much comes, what is held, and for how long. */
export function TopicsPage({ query }: PageProps) {
  const { live } = useConsole();
  const { states, isComplete, error, rates } = useTopics();
  const metrics = useMemo(() => new TopicMetricsWatch(live), [live]);
  useEffect(
    () => () => {
      metrics.end();
    },
    [metrics],
  );
  const courses = useObservable(metrics.courses);
  const [search, setSearch] = useState(query.get('search') ?? '');
  const asked = query.get('sort') ?? 'name';
  const sort = TOPIC_ORDERS.includes(asked) ? asked : 'name';
  const rows = useMemo(() => {
    const wanted = search.toLowerCase();
    const found = [...states.values()].filter(({ name }) => name.toLowerCase().includes(wanted));
    return orderTopics(found, sort, rates);
  }, [states, search, sort, rates]);
  return (
    <>
      <div class="page-head">
        <h1>Topics</h1>
        <span class="muted numbers">{isComplete && countText(rows.length, states.size)}</span>
        <SearchField
          label="Find a topic"
          value={search}
          onChange={(value) => {
            setSearch(value);
            setQuery({ search: value });
          }}
        />
      </div>
      {sort !== asked && (
        <p class="notice" role="alert">
          There is no order by “{asked}”: topics are in order of name. There are {TOPIC_ORDERS.join(', ')}.
        </p>
      )}
      {error !== undefined && <p class="error-text">{error}</p>}
      {isComplete && states.size === 0 && <NoTopics />}
      {states.size > 0 && rows.length === 0 && (
        <EmptyState title="No topic has that in its name">
          <p>What there is has other names: {formatCount(states.size)} in all.</p>
        </EmptyState>
      )}
      {rows.length > 0 && (
        <div class="table-frame">
          <LongTable
            label="Topics"
            columns={topicColumns(courses, rates)}
            rows={rows}
            keyOf={({ name }) => name}
            sort={{ id: sort, isAscending: sort === 'name' }}
            onSort={(id) => {
              setQuery({ sort: id === 'name' ? undefined : id });
            }}
            onSeen={(seen) => {
              metrics.watch(new Set(seen.map(({ name }) => name)));
            }}
          />
        </div>
      )}
    </>
  );
}

function NoTopics() {
  return (
    <EmptyState title="There are no topics yet">
      <p>A topic comes into being with the first event that is sent to it.</p>
      <a class="button button-primary" href={href(['welcome'])}>
        Send your first event
      </a>
    </EmptyState>
  );
}

function countText(found: number, all: number): string {
  return found === all ? formatCount(all) : `${formatCount(found)} of ${formatCount(all)}`;
}
