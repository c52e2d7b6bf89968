import type { StoredEvent } from '../store/contract/event-log';

/** How timestamps are written: as numbers or as texts. */
export type Timestamps = 'number' | 'text';

/**
 * A stored event as JSON text on one line, its timestamp an exact integer, which no JavaScript number could be, or its
 * digits as a text. With `withStreamId` it says which stream of its topic it belongs to.
 */
export function renderEvent(event: StoredEvent, withStreamId: boolean, timestamps: Timestamps = 'number'): string {
  const streamId = withStreamId ? `"streamId":${JSON.stringify(event.streamId)},` : '';
  const { position, timestamp, id, value } = event;
  const time = timestamps === 'text' ? `"${timestamp.toString()}"` : timestamp.toString();
  const timed = `"offset":${JSON.stringify(position)},${streamId}"timestamp":${time}`;
  return `{${timed},"id":${JSON.stringify(id)},"value":${JSON.stringify(value)},"tags":${renderTags(event.tags)}}`;
}

/** The JSON text of the tags of an event, on one line. */
export function renderTags(tags: string | null): string {
  // In JSON text a line break can only stand between tokens.
  return tags === null ? '{}' : tags.replace(/[\r\n]+/g, ' ');
}
