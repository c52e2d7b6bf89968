import { href } from '../../app/router';
import { formatMoment } from '../../exact/nanoseconds';
import { formatAgo, formatBytes, formatCount, formatRate } from '../../exact/numbers';
import type { LongTableColumn } from '../../ui/long-table';
import { Sparkline } from '../../ui/sparkline';
import { retentionText } from './retention-text';
import type { TopicCourse } from './topic-metrics';
import type { TopicRates } from './topic-rates';
import { recordCount, type TopicState } from './topic-state';

const NO_COURSE: TopicCourse = { bytes: [], activeStreams: 0 };

/** The columns of the list of topics. `courses`: of those that are seen. */
export function topicColumns(
  courses: ReadonlyMap<string, TopicCourse>,
  rates: TopicRates,
): readonly LongTableColumn<TopicState>[] {
  return [
    { id: 'name', title: 'Name', isSortable: true, cell: (topic) => <TopicLink topic={topic} /> },
    {
      ...{ id: 'course', title: 'Last 5 minutes' },
      cell: (topic) => <Course course={courses.get(topic.name) ?? NO_COURSE} />,
    },
    {
      ...{ id: 'rate', title: 'Events/s', isNumber: true, isSortable: true },
      cell: ({ name }) => formatRate(rates.of(name)),
    },
    {
      ...{ id: 'records', title: 'Events', isNumber: true, isSortable: true },
      cell: (topic) => formatCount(recordCount(topic)),
    },
    {
      ...{ id: 'streams', title: 'Streams', isNumber: true, isSortable: true },
      cell: (topic) => (topic.streams === undefined ? '' : formatCount(topic.streams)),
    },
    {
      ...{ id: 'bytes', title: 'Size', isNumber: true, isSortable: true },
      cell: (topic) => formatBytes(topic.bytes),
    },
    {
      id: 'retention',
      title: 'Kept',
      cell: (topic) => <span class="muted">{retentionText(topic.retention)}</span>,
    },
    {
      ...{ id: 'activity', title: 'Last activity', isSortable: true },
      cell: (topic) => <Activity at={topic.storedAt} />,
    },
  ];
}

function TopicLink({ topic: { name, kind } }: { readonly topic: TopicState }) {
  return (
    <>
      <a class="topic-link" href={href([kind === 'events' ? 'topics' : 'data-sources', name])} title={name}>
        {name}
      </a>
      {kind === 'rows' && <span class="tag">rows</span>}
    </>
  );
}

function Course({ course: { bytes } }: { readonly course: TopicCourse }) {
  const last = bytes.at(-1) ?? 0;
  return <Sparkline values={bytes} label={`${formatBytes(Math.round(last))} a second now`} />;
}

function Activity({ at }: { readonly at: string | null }) {
  if (at === null) return <span class="muted">never</span>;
  return (
    <time dateTime={at} title={formatMoment(at)}>
      {formatAgo(Date.parse(at), Date.now())}
    </time>
  );
}
