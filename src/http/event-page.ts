import { setImmediate } from 'node:timers/promises';
import { renderEvent } from '../events/event-json';
import type { EventPage } from '../store/contract/event-log';

/** How many characters of events are rendered at a time: other callers are served in between. */
const SLICE_CHARACTERS = 64 * 1024;

/** How a page of events is written. */
export interface EventPageForm {
  /** One event a line rather than one JSON object. */
  readonly lines: boolean;
  /** Whether each event says which stream it belongs to. */
  readonly withStreamId: boolean;
}

/** The text of a page, in pieces: `{"events": […], "next": …}`, or an event a line. */
export async function renderEventPage(
  { events, position, more }: EventPage,
  { lines, withStreamId }: EventPageForm,
): Promise<Uint8Array[]> {
  const [start, between, end] = lines ? ['', '\n', events.length > 0 ? '\n' : ''] : ['{"events":[', ',', ']'];
  const chunks: Uint8Array[] = [];
  let text = start;
  for (const [index, event] of events.entries()) {
    if (text.length >= SLICE_CHARACTERS) {
      chunks.push(Buffer.from(text));
      text = '';
      await setImmediate();
    }
    text += (index === 0 ? '' : between) + renderEvent(event, withStreamId);
  }
  text += lines ? end : `${end},"next":${more ? JSON.stringify(position) : 'null'}}`;
  chunks.push(Buffer.from(text));
  return chunks;
}
