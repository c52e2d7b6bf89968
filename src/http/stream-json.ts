import type { StreamInfo, TopicInfo } from '../store/contract/catalogue';

/** JSON text of a stream; timestamps are exact integers, which `JSON.stringify` cannot write. */
export function renderStream({ streamId, status, properties, ...info }: StreamInfo): string {
  const text = JSON.stringify({
    streamId,
    status,
    ...properties,
    createdAt: new Date(info.createdAt).toISOString(),
    updatedAt: new Date(info.updatedAt).toISOString(),
    eventCount: info.eventCount,
  });
  if (info.firstTimestamp === undefined || info.lastTimestamp === undefined) return text;
  return `${text.slice(0, -1)},"firstTimestamp":${String(info.firstTimestamp)},"lastTimestamp":${String(info.lastTimestamp)}}`;
}

/** JSON text of a topic. */
export function renderTopic({ name, createdAt, position }: TopicInfo): string {
  return JSON.stringify({ name, createdAt: new Date(createdAt).toISOString(), position });
}
