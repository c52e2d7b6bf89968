import { ApiError } from '../../api/api-error';
import { useConsole } from '../../app/console-context';
import { href, setQuery } from '../../app/router';
import type { PageProps } from '../../app/page-route';
import { UnknownTab } from '../../app/unknown-tab';
import { useLoaded } from '../../app/use-loaded';
import { useWhenMade } from '../../app/use-when-made';
import { formatDateTime } from '../../exact/nanoseconds';
import { formatNumberOf } from '../../exact/numbers';
import { useObservable } from '../../state/observable';
import { timeView } from '../../state/time-view';
import { ErrorText } from '../../ui/error-text';
import { Tabs, type Tab } from '../../ui/tabs';
import { AboutView } from './about-view';
import { EventsView } from './events-view';
import { ParametersView } from './parameters-view';
import type { StreamAnswer } from './stream-answer';

const TABS = [
  { id: 'events', text: 'Events' },
  { id: 'parameters', text: 'Parameters' },
  { id: 'about', text: 'About' },
] as const satisfies readonly Tab<string>[];

type TabId = (typeof TABS)[number]['id'];

/** One stream: its events live, its parameters in charts, what was said of it. */
export function StreamPage({ params, query }: PageProps) {
  const [topic, streamId] = [params['topic']!, params['stream']!];
  const { api } = useConsole();
  const stream = useLoaded(
    (signal) => api.get<StreamAnswer>(['topics', topic, 'streams', streamId], { signal }),
    [topic, streamId],
  );
  useWhenMade(topic, stream.error, stream.reload);
  const chosen = TABS.find(({ id }) => id === query.get('tab'))?.id ?? 'events';
  return (
    <div class="stream-page">
      <header class="page-head">
        <div class="page-title">
          <p class="breadcrumb">
            <a href={href(['topics'])}>Topics</a> / <a href={href(['topics', topic])}>{topic}</a>
          </p>
          <h1>{streamId}</h1>
        </div>
        {stream.value !== undefined && (
          <span class={`status status-${stream.value.status}`}>{stream.value.status}</span>
        )}
        <a class="button button-plain" href={href(['topics', topic, 'events'])}>
          All streams of the topic
        </a>
        <a class="button button-plain" href={href(['send'], { topic, stream: streamId })}>
          Send an event
        </a>
      </header>
      {stream.value !== undefined && <Facts stream={stream.value} />}
      {!isMissing(stream.error) && <ErrorText error={stream.error} onRetry={stream.reload} />}
      <UnknownTab asked={query.get('tab')} tabs={TABS} />
      <Tabs<TabId>
        label="Of the stream"
        tabs={TABS}
        chosen={chosen}
        onChoose={(id) => {
          setQuery({ tab: id === 'events' ? undefined : id });
        }}
      >
        {chosen === 'events' && <EventsView place={{ topic, streamId }} query={query} />}
        {chosen === 'parameters' && <ParametersView topic={topic} streamId={streamId} query={query} />}
        {chosen === 'about' && stream.value !== undefined && <AboutView topic={topic} stream={stream.value} />}
        {chosen === 'about' && isMissing(stream.error) && (
          <p class="muted">There is no such stream yet. What is said of it is shown as soon as it is made.</p>
        )}
      </Tabs>
    </div>
  );
}

/** A stream comes into being with its first event; until then its tail says that it is not there. */
function isMissing(error: Error | undefined): boolean {
  return error instanceof ApiError && error.status === 404;
}

function Facts({ stream }: { readonly stream: StreamAnswer }) {
  const { zone } = useObservable(timeView);
  const { name, eventCount, firstTimestamp, lastTimestamp } = stream;
  const time = (at: { toString(): string }): string => formatDateTime(BigInt(at.toString()), zone, 0);
  return (
    <p class="muted numbers">
      {name !== undefined && `${name} · `}
      {formatNumberOf(eventCount, 'event')} when this page was opened
      {firstTimestamp !== undefined && lastTimestamp !== undefined && (
        <>
          , <time>{time(firstTimestamp)}</time>
          {time(firstTimestamp) !== time(lastTimestamp) && (
            <>
              {' '}
              to <time>{time(lastTimestamp)}</time>
            </>
          )}
        </>
      )}
    </p>
  );
}
