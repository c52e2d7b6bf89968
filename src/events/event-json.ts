import type { StoredEvent } from '../store/contract/event-log';

/**
 * A stored event as JSON text on one line, its timestamp an exact integer, which no JavaScript number could be. With
 * `withStreamId` it says which stream of its topic it belongs to.
 */
export function renderEvent(event: StoredEvent, withStreamId: boolean): string {
  const streamId = withStreamId ? `"streamId":${JSON.stringify(event.streamId)},` : '';
  const { position, timestamp, id, value } = event;
  const timed = `"offset":${JSON.stringify(position)},${streamId}"timestamp":${timestamp.toString()}`;
  return `{${timed},"id":${JSON.stringify(id)},"value":${JSON.stringify(value)},"tags":${renderTags(event.tags)}}`;
}

function renderTags(tags: string | null): string {
  // In JSON text a line break can only stand between tokens.
  return tags === null ? '{}' : tags.replace(/[\r\n]+/g, ' ');
}
