import { WriterHubError } from '../../../src/errors';
import { scanEvents } from '../../../src/events/event-scanner';
import type { EventBatch } from '../../../src/store/contract/event-log';

/** The bytes of a text; a byte that is not UTF-8 is written in it as `\xNN`. */
export function bytes(text: string): Buffer {
  const pieces = text.split(/(\\x[0-9a-f]{2})/);
  return Buffer.concat(
    pieces.map((piece) => (/^\\x[0-9a-f]{2}$/.test(piece) ? Buffer.from(piece.slice(2), 'hex') : Buffer.from(piece))),
  );
}

/** The batch of a text that holds at least one event. */
export function scan(text: string | Uint8Array, maxDepth = 64): EventBatch {
  const batch = scanEvents(typeof text === 'string' ? Buffer.from(text) : text, { maxDepth, maxTags: 1000 });
  if (batch === undefined) throw new Error('the text holds no event');
  return batch;
}

/** The canonical text of a batch. */
export function canonical(text: string | Uint8Array): string {
  return Buffer.from(scan(text).json).toString();
}

/** The error a text is refused with. */
export function refusal(text: string | Uint8Array, maxDepth = 64): WriterHubError {
  try {
    scanEvents(typeof text === 'string' ? Buffer.from(text) : text, { maxDepth, maxTags: 1000 });
  } catch (error) {
    if (error instanceof WriterHubError) return error;
    throw error;
  }
  throw new Error(`not refused: ${text.toString()}`);
}
