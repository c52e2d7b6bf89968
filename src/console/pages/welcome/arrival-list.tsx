import { href } from '../../app/router';
import { formatTime, toNanoseconds } from '../../exact/nanoseconds';
import type { Arrival } from './arrivals';

interface Props {
  /** The newest first. */
  readonly arrivals: readonly Arrival[];
  readonly topic: string;
  /** Whether what comes from now on is shown. */
  readonly isWaiting: boolean;
}

/** What has come while the page was open; before, that it is waited for. */
export function ArrivalList({ arrivals, topic, isWaiting }: Props) {
  const [latest] = arrivals;
  return (
    <section class={latest === undefined ? 'card arrivals' : 'card arrivals arrivals-some'} aria-label="What comes">
      <p role="status" class="arrivals-title">
        {latest === undefined ? (
          <>
            <span class="arrivals-pulse" aria-hidden="true" />{' '}
            {isWaiting ? `Waiting for an event in ${topic}…` : 'Connecting…'}
          </>
        ) : (
          titleOf(arrivals)
        )}
      </p>
      {latest === undefined ? (
        <p class="muted">
          Run a snippet. What it sends is stored, and shows here the moment it comes, without a reload.
        </p>
      ) : (
        <>
          <ol class="arrival-list">
            {arrivals.map((arrival) => (
              <li key={arrival.key} class="arrival">
                {arrival.kind === 'events' ? <EventArrival arrival={arrival} /> : <RowArrival arrival={arrival} />}
              </li>
            ))}
          </ol>
          <p>
            <a class="button button-primary" href={linkOf(latest)}>
              {latest.kind === 'events' ? 'Follow the stream' : 'See the data source'}
            </a>
          </p>
        </>
      )}
    </section>
  );
}

function EventArrival({ arrival: { id, value, tags, timestamp, topic, streamId } }: { readonly arrival: Arrival }) {
  const nanoseconds = timestamp === undefined ? undefined : toNanoseconds(timestamp);
  return (
    <>
      <div class="arrival-head">
        <strong>{id}</strong>
        {nanoseconds !== undefined && <time>{formatTime(nanoseconds, 'local')}</time>}
      </div>
      {value !== undefined && <div class="arrival-value">{value}</div>}
      <div class="muted arrival-where">
        {topic} / {streamId}
        {Object.entries(tags ?? {}).map(([name, tag]) => (
          <span key={name} class="tag">
            {name}={tag}
          </span>
        ))}
      </div>
    </>
  );
}

function RowArrival({ arrival: { row, topic } }: { readonly arrival: Arrival }) {
  return (
    <>
      <div class="arrival-head">
        <strong>A row</strong>
      </div>
      <div class="arrival-value mono">{JSON.stringify(row)}</div>
      <div class="muted arrival-where">{topic}</div>
    </>
  );
}

function titleOf({ length }: readonly Arrival[]): string {
  return length === 1 ? 'It has arrived' : `${length} have arrived`;
}

function linkOf({ kind, topic, streamId = '' }: Arrival): string {
  return kind === 'events' ? href(['topics', topic, 'streams', streamId]) : href(['data-sources', topic]);
}
