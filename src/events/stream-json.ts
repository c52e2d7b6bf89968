import { renderRetention } from './retention-setting';
import type { StreamInfo, TopicInfo } from '../store/contract/catalogue';

/** JSON text of a stream. Its timestamps are exact integers, which `JSON.stringify` cannot write. */
export function renderStream({ streamId, status, properties, ...info }: StreamInfo): string {
  const text = JSON.stringify({
    streamId,
    status,
    ...properties,
    createdAt: new Date(info.createdAt).toISOString(),
    updatedAt: new Date(info.updatedAt).toISOString(),
    eventCount: info.eventCount,
  });
  const { firstTimestamp: first, lastTimestamp: last } = info;
  if (first === undefined || last === undefined) return text;
  return `${text.slice(0, -1)},"firstTimestamp":${String(first)},"lastTimestamp":${String(last)}}`;
}

/** JSON text of a topic. */
export function renderTopic({ name, kind, createdAt, storedAt, position, earliest, ...topic }: TopicInfo): string {
  return JSON.stringify({
    name,
    kind,
    createdAt: new Date(createdAt).toISOString(),
    storedAt: storedAt === undefined ? null : new Date(storedAt).toISOString(),
    position,
    earliest,
    [kind]: topic.recordCount,
    ...(kind === 'events' && { streams: topic.streamCount }),
    bytes: topic.bytes,
    retention: renderRetention(topic.retention),
  });
}
