import { href } from '../../app/router';
import type { PageProps } from '../../app/page-route';
import { EventsView } from './events-view';

/** The events of all streams of a topic, as they arrive. */
export function TopicEventsPage({ params, query }: PageProps) {
  const topic = params['topic']!;
  return (
    <div class="stream-page">
      <p class="breadcrumb">
        <a href={href(['topics'])}>Topics</a> / <a href={href(['topics', topic])}>{topic}</a>
      </p>
      <header class="page-head">
        <h1>All events of {topic}</h1>
        <a class="button button-plain" href={href(['send'], { topic })}>
          Send an event
        </a>
      </header>
      <EventsView place={{ topic }} query={query} />
    </div>
  );
}
