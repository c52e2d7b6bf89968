import { formatBytes, formatCount, formatNumberOf, formatRate } from '../../exact/numbers';
import type { Scrape } from './prometheus';
import { quantileOf, rateOf } from './rates';

/** A number with its course. */
export interface Tile {
  readonly title: string;
  /** `undefined`: the server does not have it, or it cannot be said yet. */
  readonly value: number | undefined;
  readonly text: string;
  /** What stands below: parts of it, or what belongs to it. */
  readonly detail: string;
}

interface TileSpec {
  readonly title: string;
  readonly value: (before: Scrape, now: Scrape) => number | undefined;
  readonly format: (value: number) => string;
  readonly detail?: (before: Scrape, now: Scrape) => readonly (string | undefined)[];
}

/** Two scrapes → text, where the server has the metric. */
type Part = (before: Scrape, now: Scrape) => string | undefined;

const rate =
  (name: string) =>
  (before: Scrape, now: Scrape): number | undefined =>
    rateOf(before, now, name);

const gauge =
  (name: string) =>
  (_: Scrape, now: Scrape): number | undefined =>
    now.sum(name);

const part =
  (read: (before: Scrape, now: Scrape) => number | undefined, show: (value: number) => string): Part =>
  (before, now) => {
    const value = read(before, now);
    return value === undefined || Number.isNaN(value) ? undefined : show(value);
  };

/** The first of these that the server has: names differ between versions. */
const first =
  (...reads: readonly ((before: Scrape, now: Scrape) => number | undefined)[]) =>
  (before: Scrape, now: Scrape): number | undefined => {
    for (const read of reads) {
      const value = read(before, now);
      if (value !== undefined) return value;
    }
    return undefined;
  };

/** How long senders wait: for acknowledgements where they are measured, else for the commit. */
const acknowledged =
  (quantile: number) =>
  (before: Scrape, now: Scrape): number | undefined => {
    const name = ['writer_hub_acknowledgement_seconds', 'writer_hub_commit_seconds'].find(
      (one) => now.samples(`${one}_bucket`).length > 0,
    );
    return name === undefined ? undefined : quantileOf(before, now, name, { quantile });
  };

/** Transports as people call them. */
const TRANSPORTS: ReadonlyMap<string, string> = new Map([
  ['webSockets', 'WebSocket'],
  ['serverSentEvents', 'Server-Sent Events'],
  ['longPolling', 'long polling'],
]);

const SPECS: readonly TileSpec[] = [
  {
    title: 'Events stored',
    value: rate('writer_hub_events_total'),
    format: (value) => `${formatRate(value)}/s`,
    detail: (before, now) => [
      part(rate('writer_hub_rows_total'), (value) => `${formatRate(value)} rows/s`)(before, now),
      part(rate('writer_hub_packages_total'), (value) => `${formatRate(value)} packages/s`)(before, now),
    ],
  },
  {
    title: 'Bytes stored',
    value: first(rate('writer_hub_stored_bytes_total'), rate('writer_hub_event_bytes_total')),
    format: (value) => `${formatBytes(value)}/s`,
    detail: (before, now) => [
      part(gauge('writer_hub_queue_bytes'), (value) => `${formatBytes(value)} wait for the disk`)(before, now),
    ],
  },
  {
    title: 'Acknowledgement',
    value: acknowledged(0.5),
    format: formatSeconds,
    detail: (before, now) => [
      part(acknowledged(0.99), (value) => `median; 99 of 100 in ${formatSeconds(value)}`)(before, now) ??
        'nothing was stored just now',
    ],
  },
  {
    title: 'Requests',
    value: first(rate('writer_hub_http_request_seconds_count'), rate('writer_hub_http_requests_total')),
    format: (value) => `${formatRate(value)}/s`,
    detail: (before, now) => [
      part(rate('writer_hub_invocation_seconds_count'), (value) => `${formatRate(value)} invocations/s`)(before, now),
    ],
  },
  {
    title: 'Refused',
    // Of a reason there may be no sample before its first time.
    value: first(rate('writer_hub_errors_total'), () => 0),
    format: (value) => `${formatRate(value)}/s`,
    detail: (before, now) => [
      part(rate('writer_hub_rows_quarantined_total'), (value) => `${formatRate(value)} rows/s quarantined`)(
        before,
        now,
      ),
    ],
  },
  {
    title: 'Hub connections',
    value: gauge('writer_hub_hub_connections'),
    format: formatCount,
    detail: (_, now) => [
      ...[...now.by('writer_hub_hub_connections', 'transport')]
        .filter(([transport, count]) => transport !== '' && count > 0)
        .map(([transport, count]) => `${formatCount(count)} ${TRANSPORTS.get(transport) ?? transport}`),
      part(gauge('writer_hub_anonymous_sockets'), (value) => `${formatNumberOf(value, 'socket')} without a token`)(
        now,
        now,
      ),
    ],
  },
  {
    title: 'Live readers',
    value: gauge('writer_hub_followers'),
    format: formatCount,
    detail: (_, now) => [
      ...[...now.by('writer_hub_feed_readers', 'lag')]
        .filter(([lag, count]) => lag !== 'live' && count > 0)
        .map(([lag, count]) => `${formatCount(count)} behind (${lag})`),
      part(gauge('writer_hub_active_streams'), (value) => formatNumberOf(value, 'active stream'))(now, now),
    ],
  },
  {
    title: 'Processor',
    value: rate('process_cpu_seconds_total'),
    format: (value) => `${Math.round(value * 100)} %`,
    detail: (before, now) => [
      part(gauge('process_resident_memory_bytes'), (value) => `${formatBytes(value)} of memory`)(before, now),
      part(gauge('nodejs_eventloop_lag_p99_seconds'), (value) => `event loop ${formatSeconds(value)}`)(before, now),
    ],
  },
];

/** What each of the numbers is, between two scrapes. */
export function tilesOf(before: Scrape, now: Scrape): readonly Tile[] {
  return SPECS.map(({ title, value: read, format, detail }) => {
    const value = read(before, now);
    const isKnown = value !== undefined && !Number.isNaN(value);
    return {
      title,
      value: isKnown ? value : undefined,
      text: isKnown ? format(value) : '–',
      detail: (detail?.(before, now) ?? []).filter((text) => text !== undefined).join(' · '),
    };
  });
}

/** `0.4 ms`, `12 ms`, `1.5 s` */
export function formatSeconds(seconds: number): string {
  const milliseconds = seconds * 1000;
  if (milliseconds < 10) return `${Number(milliseconds.toFixed(1))} ms`;
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${Number(seconds.toFixed(1))} s`;
}
