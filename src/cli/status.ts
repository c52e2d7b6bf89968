import { z } from 'zod';
import { MetricSamples } from './metric-samples';
import { request } from './request';
import { responseError } from './response-error';
import { ServerError } from './server-error';

/** How a server is. What cannot be learnt is `null`: its metrics may be closed, or at another address. */
export interface ServerStatus {
  readonly url: string;
  readonly version: string;
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reason: string | null;
  /** Why there are no numbers. */
  readonly metricsError: string | null;
  readonly uptimeSeconds: number | null;
  readonly databaseBytes: number | null;
  /** Of the write-ahead log. */
  readonly logBytes: number | null;
  readonly diskFreeBytes: number | null;
  readonly diskSizeBytes: number | null;
  /** What waits for a commit. */
  readonly queuedBatches: number | null;
  readonly queuedBytes: number | null;
  readonly eventsStored: number | null;
  readonly rowsStored: number | null;
  readonly hubConnections: number | null;
  readonly anonymousSockets: number | null;
  /** Live readers, and how many of them are how far behind. */
  readonly readers: number | null;
  readonly readersByLag: Readonly<Record<string, number>>;
  /** Of a store on Kafka: other hubs that are heard, and records in its logs that no hub has written. */
  readonly otherHubs: number | null;
  readonly foreignRecords: number | null;
  /** Errors that were answered since the start, by code, and limits that struck, by name. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly limitStrikes: Readonly<Record<string, number>>;
}

export interface StatusQuery {
  readonly url: string;
  /** Where its metrics are, if not there. */
  readonly metricsUrl: string | undefined;
  /** For metrics that are not open. */
  readonly token: string | undefined;
}

const info = z.object({ name: z.literal('writer-hub'), version: z.string() });

/** Asks a server how it is. Rejects with a `ServerError` when nothing answers, or something that is no writer-hub. */
export async function fetchStatus({ url, metricsUrl, token }: StatusQuery): Promise<ServerStatus> {
  const target = { url, token: token ?? '' };
  const version = versionOf(
    url,
    await (await request(target, '/', { headers: { accept: 'application/json' } })).text(),
  );
  const ready = await request(target, '/readyz', {});
  const reason = ready.ok ? null : responseError(ready.status, await ready.text()).message;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { samples, metricsError } = await fetchMetrics(metricsUrl ?? `${url}/metrics`, headers);
  const gauge = (name: string): number | null => samples.sum(`writer_hub_${name}`);
  const started = samples.sum('process_start_time_seconds');
  return {
    ...{ url, version, ready: ready.ok, reason, metricsError },
    uptimeSeconds: started === null ? null : Math.max(0, Math.round(Date.now() / 1000 - started)),
    databaseBytes: gauge('database_bytes'),
    logBytes: gauge('log_bytes'),
    diskFreeBytes: gauge('disk_free_bytes'),
    diskSizeBytes: gauge('disk_size_bytes'),
    queuedBatches: gauge('queue_appends'),
    queuedBytes: gauge('queue_bytes'),
    eventsStored: gauge('events_total'),
    rowsStored: gauge('rows_total'),
    hubConnections: gauge('hub_connections'),
    anonymousSockets: gauge('anonymous_sockets'),
    readers: gauge('followers'),
    readersByLag: samples.by('writer_hub_feed_readers', 'lag'),
    otherHubs: gauge('other_hubs'),
    foreignRecords: gauge('foreign_records'),
    refusals: samples.by('writer_hub_errors_total', 'code'),
    limitStrikes: samples.by('writer_hub_limit_strikes_total', 'limit'),
  };
}

function versionOf(url: string, text: string): string {
  try {
    return info.parse(JSON.parse(text)).version;
  } catch (error) {
    throw new ServerError(`what answers at ${url} is no writer-hub`, { cause: error });
  }
}

async function fetchMetrics(
  address: string,
  headers: Record<string, string>,
): Promise<{ readonly samples: MetricSamples; readonly metricsError: string | null }> {
  try {
    const response = await request({ url: address }, '', { headers });
    const text = await response.text();
    if (response.ok) return { samples: new MetricSamples(text), metricsError: null };
    throw responseError(response.status, text);
  } catch (error) {
    return { samples: new MetricSamples(''), metricsError: error instanceof Error ? error.message : String(error) };
  }
}
